import asyncio

log = []


async def task(name, delay):
    log.append(f"Task {name} start")
    await asyncio.sleep(delay)
    log.append(f"Task {name} end")
    return f"Result {name}"


async def main():
    loop = asyncio.get_running_loop()
    t = loop.time()
    print(await task(1, 0.02), await task(2, 0.01), loop.time() - t >= 0.029)
    print(log)
    log.clear()
    t = loop.time()
    print(await asyncio.gather(task(1, 0.05), task(2, 0.01), task(3, 0.03)))
    print(log, loop.time() - t < 0.09)
    log.clear()
    a, b = asyncio.create_task(task("a", 0.002)), asyncio.create_task(task("b", 0.001))
    print(log)
    await b
    await a
    print(log)


asyncio.run(main())
