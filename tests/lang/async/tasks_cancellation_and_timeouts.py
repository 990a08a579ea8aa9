import asyncio


async def sleeper(name, log):
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError as e:
        log.append((name, e.args))
        raise
    finally:
        log.append(f"{name} finally")


async def main():
    log = []
    t = asyncio.create_task(sleeper("a", log))
    await asyncio.sleep(0)
    print(t.cancel("why"), t.cancelling())
    try:
        await t
    except asyncio.CancelledError as e:
        print("cancelled", e.args, t.cancelled(), log)
    try:
        async with asyncio.timeout(0.01):
            await asyncio.sleep(5)
    except TimeoutError as e:
        print(type(e).__name__, type(e.__cause__).__name__)
    try:
        await asyncio.wait_for(asyncio.sleep(5), 0.01)
    except TimeoutError:
        print("wait_for timed out")
    print(await asyncio.wait_for(asyncio.sleep(0, "quick"), 1))

    async def stubborn():
        try:
            await asyncio.sleep(5)
        except asyncio.CancelledError:
            return "survived"

    s = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    s.cancel()
    print(await s, s.cancelled())
    shielded = asyncio.create_task(asyncio.sleep(0.01, "inner"))
    waiter = asyncio.ensure_future(asyncio.shield(shielded))
    await asyncio.sleep(0)
    waiter.cancel()
    try:
        await waiter
    except asyncio.CancelledError:
        print("outer cancelled", await shielded)

    async def fails():
        raise ValueError("task failed")

    t = asyncio.create_task(fails())
    await asyncio.sleep(0)
    print(repr(t.exception()), await asyncio.gather(fails(), asyncio.sleep(0, 1), return_exceptions=True))
    f = asyncio.get_running_loop().create_future()
    f.add_done_callback(lambda f: print("callback", f.result()))
    f.set_result(5)
    print(await f)
    try:
        f.set_result(6)
    except asyncio.InvalidStateError as e:
        print(e)
    try:
        asyncio.run(main())
    except RuntimeError as e:
        print(e)


import warnings

warnings.simplefilter("ignore")
asyncio.run(main())
