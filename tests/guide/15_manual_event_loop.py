import asyncio


async def my_coroutine(n):
    await asyncio.sleep(0)
    return n * 2


loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
try:
    print(loop.run_until_complete(my_coroutine(21)))
    future = loop.create_future()
    loop.call_soon(future.set_result, "set from callback")
    print(loop.run_until_complete(future))
    ticks = []

    def tick():
        ticks.append(len(ticks))
        if len(ticks) == 5:
            loop.stop()
        else:
            loop.call_later(0.001, tick)

    loop.call_soon(tick)
    loop.run_forever()
    print(ticks)
    task = loop.create_task(my_coroutine(5), name="t")
    print(task.done(), loop.run_until_complete(task), task.done())
    failing = loop.create_future()
    loop.call_soon(failing.set_exception, ValueError("from future"))
    try:
        loop.run_until_complete(failing)
    except ValueError as e:
        print(e)
    import threading

    box = []
    t = threading.Thread(target=lambda: loop.call_soon_threadsafe(lambda: (box.append("threadsafe"), loop.stop())))
    t.start()
    loop.run_forever()
    t.join()
    print(box)
    print(asyncio.run_coroutine_threadsafe.__name__, loop.is_closed())
    loop.run_until_complete(loop.shutdown_asyncgens())
finally:
    loop.close()
print(loop.is_closed(), asyncio.run(my_coroutine(4)))
