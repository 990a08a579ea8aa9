import asyncio


async def my_coro(d=0.001):
    await asyncio.sleep(d)
    return "Done"


async def never():
    await asyncio.sleep(100)


async def main():
    task = asyncio.create_task(my_coro(0.01), name="mine")
    print("Task created, doing other work...", task.done(), task.get_name())
    await asyncio.sleep(0)
    try:
        task.result()
    except asyncio.InvalidStateError as e:
        print(type(e).__name__, e)
    print(await task, task.done(), task.result(), task.exception(), task.cancelled())
    task = asyncio.create_task(never())
    await asyncio.sleep(0)
    print(task.cancel("reason"), task.cancelled(), task.cancelling())
    try:
        await task
    except asyncio.CancelledError as e:
        print("cancelled:", e, task.cancelled(), task.done())
    done = []
    task = asyncio.create_task(my_coro())
    task.add_done_callback(lambda t: done.append(t.result()))
    await task
    await asyncio.sleep(0)
    print(done, asyncio.current_task() in asyncio.all_tasks())

    async def fails():
        raise KeyError("k")

    task = asyncio.create_task(fails())
    await asyncio.wait([task])
    print(repr(task.exception()))
    eager = asyncio.eager_task_factory(asyncio.get_running_loop(), my_coro(0))
    print(eager.done(), await eager)


asyncio.run(main())
