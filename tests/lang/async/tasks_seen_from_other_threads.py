"""Loops in several threads: tasks made, listed, cancelled and awaited while other threads look at them."""
# timeout: 60
import asyncio
import threading

LOOPS = 3
TASKS = 150
ready = threading.Barrier(LOOPS + 1)
loops = [None] * LOOPS
results = [None] * LOOPS
stop = threading.Event()


async def job(n):
    await asyncio.sleep(0)
    if n % 3 == 0:
        raise ValueError(n)
    await asyncio.sleep(0)
    return n


async def body(index):
    loops[index] = asyncio.get_running_loop()
    ready.wait()
    done = 0
    for _ in range(10):
        tasks = [asyncio.create_task(job(n)) for n in range(TASKS // 10)]
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        done += sum(isinstance(o, int) for o in outcomes)
    assert asyncio.all_tasks() == {asyncio.current_task()}
    results[index] = done


def watch():
    ready.wait()
    seen = 0
    while not stop.is_set():
        for loop in loops:
            for task in asyncio.all_tasks(loop):
                seen += not task.done()
                task.get_name(), task.cancelling(), task._fut_waiter, task._callbacks, task.get_coro()
            asyncio.current_task(loop)


threads = [threading.Thread(target=lambda i=i: asyncio.run(body(i))) for i in range(LOOPS)]
watcher = threading.Thread(target=watch)
watcher.start()
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
stop.set()
watcher.join()
print(results)


async def serve():
    """A loop whose future is resolved, and whose task is cancelled, from outside."""
    loop = asyncio.get_running_loop()
    futures = [loop.create_future() for _ in range(50)]

    def resolve():
        for n, future in enumerate(futures):
            loop.call_soon_threadsafe(future.set_result, n)

    thread = threading.Thread(target=resolve)
    thread.start()
    total = sum(await asyncio.gather(*futures))
    thread.join()
    endless = asyncio.create_task(asyncio.sleep(100))
    threading.Thread(target=lambda: loop.call_soon_threadsafe(endless.cancel, "from outside")).start()
    try:
        await endless
    except asyncio.CancelledError as error:
        print(total, error.args)
    return await asyncio.to_thread(lambda: asyncio.run_coroutine_threadsafe(job(4), loop).result())


print(asyncio.run(serve()))

# One future, many threads: exactly one of them sets the result.
loop = asyncio.new_event_loop()
for _ in range(20):
    future = loop.create_future()
    start = threading.Barrier(4)
    winners = []

    def race(n, future=future, start=start, winners=winners):
        start.wait()
        future.add_done_callback(print)
        future.remove_done_callback(print)
        try:
            future.set_result(n)
        except asyncio.InvalidStateError:
            return
        winners.append(n)

    racers = [threading.Thread(target=race, args=(n,)) for n in range(4)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert future.result() in winners, (future, winners)
loop._ready.clear()
loop.close()
print("ok")
