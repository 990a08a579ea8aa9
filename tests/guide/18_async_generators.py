import asyncio


async def async_range(start, stop):
    for i in range(start, stop):
        await asyncio.sleep(0)
        yield i


async def countdown(n):
    try:
        while n:
            step = yield n
            n -= step or 1
    finally:
        print("countdown closed")


async def main():
    async for num in async_range(0, 5):
        print(num, end=" ")
    print()
    print(
        [x**2 async for x in async_range(0, 5)],
        {x: str(x) async for x in async_range(0, 3)},
        {x % 2 async for x in async_range(0, 5)},
    )
    print(
        [x async for x in async_range(0, 10) if x % 3 == 0],
        [(x, y) async for x in async_range(0, 2) async for y in async_range(0, x + 1)],
    )
    total = (x * 10 async for x in async_range(1, 4))
    print(await anext(total), [x async for x in total])
    c = countdown(10)
    print(await c.asend(None), await c.asend(3), await anext(c))
    await c.aclose()
    merged = [async_range(0, 3), async_range(10, 12)]
    out = []
    while merged:
        for g in list(merged):
            try:
                out.append(await anext(g))
            except StopAsyncIteration:
                merged.remove(g)
    print(out)


asyncio.run(main())
