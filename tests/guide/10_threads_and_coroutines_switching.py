import asyncio
import sys


def task_threading():
    x = 1
    y = 2
    z = x + y
    return z


async def some_io(log, name):
    log.append(f"{name} before")
    await asyncio.sleep(0)
    log.append(f"{name} after")


async def task_asyncio(log, name):
    x = 1
    y = 2
    await some_io(log, name)
    return x + y


async def main():
    log = []
    print(await asyncio.gather(*(task_asyncio(log, n) for n in "abc")))
    print(log)
    coro = task_asyncio([], "manual")
    steps = 0
    while True:
        try:
            coro.send(None)
            steps += 1
        except StopIteration as e:
            print("manual:", steps, e.value)
            break


print(task_threading())
asyncio.run(main())
switch = sys.getswitchinterval()
sys.setswitchinterval(0.001)
print(round(sys.getswitchinterval(), 6), switch)
