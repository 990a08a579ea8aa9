import asyncio
import gc
import threading
import time
import warnings


async def blocking():
    time.sleep(0.02)


async def polite():
    await asyncio.sleep(0.02)


async def ticker(log, n):
    for _ in range(n):
        log.append("tick")
        await asyncio.sleep(0.002)


async def run(body):
    log = []
    t = asyncio.create_task(ticker(log, 50))
    await body()
    seen = len(log)
    t.cancel()
    return seen


async def fetch_data():
    return "data"


async def forgets():
    fetch_data()
    return "no data"


async def remembers():
    return await fetch_data()


print(asyncio.run(run(blocking)), asyncio.run(run(polite)) > 2)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    print(asyncio.run(forgets()))
    gc.collect()
print([str(w.message) for w in caught], asyncio.run(remembers()))
counter = 0
lock = threading.Lock()


def increment():
    global counter
    for _ in range(10_000):
        with lock:
            counter += 1


threads = [threading.Thread(target=increment) for _ in range(4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(counter)
a, b = threading.Lock(), threading.Lock()
with a:
    print(a.acquire(timeout=0.01), b.acquire(blocking=False))
b.release()
