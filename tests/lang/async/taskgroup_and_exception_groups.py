import asyncio


async def ok(v):
    await asyncio.sleep(0)
    return v


async def fail(e, d=0):
    await asyncio.sleep(d)
    raise e


async def main():
    async with asyncio.TaskGroup() as tg:
        a, b = tg.create_task(ok(1)), tg.create_task(ok(2))
    print(a.result(), b.result())
    try:
        async with asyncio.TaskGroup() as tg:
            tg.create_task(fail(ValueError("v")))
            tg.create_task(fail(KeyError("k")))
            slow = tg.create_task(asyncio.sleep(100))
    except* ValueError as eg:
        print("values", eg.exceptions)
    except* KeyError as eg:
        print("keys", eg.exceptions)
    print(slow.cancelled())
    try:
        async with asyncio.TaskGroup() as tg:
            tg.create_task(ok(1))
            raise RuntimeError("body")
    except BaseExceptionGroup as eg:
        print(repr(eg), eg.message)
    results = []
    for c in asyncio.as_completed(
        [asyncio.sleep(0.03, "slow"), asyncio.sleep(0.01, "fast"), asyncio.sleep(0.02, "mid")]
    ):
        results.append(await c)
    print(results)
    done, pending = await asyncio.wait(
        [asyncio.create_task(asyncio.sleep(0.001, 1)), asyncio.create_task(asyncio.sleep(5))],
        return_when=asyncio.FIRST_COMPLETED,
    )
    print(len(done), len(pending), [t.result() for t in done])
    for p in pending:
        p.cancel()


asyncio.run(main())
