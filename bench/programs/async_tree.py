"""A tree of coroutines and tasks on the event loop."""

import asyncio


async def leaf(n):
    if n % 8 == 0:
        await asyncio.sleep(0)
    return n


async def node(depth, n):
    if depth == 0:
        return await leaf(n)
    return sum(await asyncio.gather(*(node(depth - 1, n * 5 + i) for i in range(5))))


async def plain(depth):
    if depth == 0:
        return 1
    return await plain(depth - 1) + await plain(depth - 1)


async def stream(n):
    for i in range(n):
        yield i


async def main():
    assert await node(5, 0) == 3125 * 3124 // 2
    assert await plain(16) == 65536
    total = 0
    async for v in stream(150_000):
        total += v
    assert total == 150_000 * 149_999 // 2
    queue = asyncio.Queue(10)

    async def produce():
        for i in range(8_000):
            await queue.put(i)
        await queue.put(None)

    async def consume():
        n = 0
        while (v := await queue.get()) is not None:
            n += v
        return n

    _, n = await asyncio.gather(produce(), consume())
    assert n == 8_000 * 7_999 // 2


for _ in range(3):
    asyncio.run(main())
