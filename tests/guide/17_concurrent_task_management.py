import asyncio

log = []


async def worker(name, delay):
    log.append(f"{name} starting")
    await asyncio.sleep(delay)
    log.append(f"{name} finished")
    return f"{name} result"


async def main():
    print(await asyncio.gather(worker("A", 0.04), worker("B", 0.01), worker("C", 0.08)), log)
    log.clear()
    tasks = [asyncio.create_task(worker(n, d), name=n) for n, d in (("A", 0.05), ("B", 0.01), ("C", 0.1))]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    print([t.get_name() for t in done], sorted(t.get_name() for t in pending))
    done, pending = await asyncio.wait(tasks)
    print(sorted(t.result() for t in done), pending)
    for coro in asyncio.as_completed([worker("A", 0.03), worker("B", 0.005)]):
        print(f"Got: {await coro}")

    async def boom():
        raise RuntimeError("boom")

    tasks = [asyncio.create_task(boom()), asyncio.create_task(worker("slow", 5))]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    print([repr(t.exception()) for t in done], len(pending))
    for t in pending:
        t.cancel()
    print(await asyncio.gather(*pending, return_exceptions=True))
    done, pending = await asyncio.wait([asyncio.create_task(worker("late", 5))], timeout=0.01)
    print(len(done), len(pending))
    pending.pop().cancel()
    async with asyncio.TaskGroup() as group:
        results = [group.create_task(worker(str(i), 0)) for i in range(3)]
    print([r.result() for r in results])


asyncio.run(main())
