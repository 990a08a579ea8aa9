import asyncio


async def main():
    q = asyncio.Queue(maxsize=2)
    log = []

    async def producer():
        for i in range(5):
            await q.put(i)
            log.append(f"put{i}")
        q.shutdown()

    async def consumer():
        try:
            while True:
                log.append(f"got{await q.get()}")
                q.task_done()
        except asyncio.QueueShutDown:
            log.append("shut")

    await asyncio.gather(producer(), consumer())
    print(log)
    lock, order = asyncio.Lock(), []

    async def locked(n):
        async with lock:
            order.append(f"in{n}")
            await asyncio.sleep(0)
            order.append(f"out{n}")

    await asyncio.gather(*(locked(i) for i in range(3)))
    print(order, lock.locked())
    ev = asyncio.Event()

    async def wait(n):
        await ev.wait()
        return n

    ts = [asyncio.create_task(wait(i)) for i in range(3)]
    await asyncio.sleep(0)
    ev.set()
    print(await asyncio.gather(*ts), ev.is_set())
    sem, active, peak = asyncio.Semaphore(2), 0, 0

    async def limited():
        nonlocal active, peak
        async with sem:
            active += 1
            peak = max(peak, active)
            await asyncio.sleep(0)
            active -= 1

    await asyncio.gather(*(limited() for _ in range(6)))
    print(peak)
    cond, ready = asyncio.Condition(), []

    async def waiter():
        async with cond:
            await cond.wait_for(lambda: len(ready) >= 2)
            return sum(ready)

    t = asyncio.create_task(waiter())
    for v in (5, 6):
        await asyncio.sleep(0)
        async with cond:
            ready.append(v)
            cond.notify_all()
    print(await t)
    b = asyncio.Barrier(3)

    async def party():
        return await b.wait()

    print(sorted(await asyncio.gather(party(), party(), party())))
    pq = asyncio.PriorityQueue()
    for v in (3, 1, 2):
        pq.put_nowait(v)
    print([pq.get_nowait() for _ in range(3)], pq.empty())
    try:
        pq.get_nowait()
    except asyncio.QueueEmpty as e:
        print(type(e).__name__)
    try:
        lock.release()
    except RuntimeError as e:
        print(e)


asyncio.run(main())
