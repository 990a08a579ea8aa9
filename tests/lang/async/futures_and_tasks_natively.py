"""asyncio's Future and Task: states, callbacks, cancellation, eager start, errors of misuse."""
import asyncio
import contextvars


def attempt(function, *args, **kwargs):
    try:
        return function(*args, **kwargs)
    except BaseException as error:
        return f"{type(error).__name__}: {error}"


var = contextvars.ContextVar("var", default="unset")


async def futures():
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    print(future._state, future.done(), attempt(future.result), attempt(future.exception))
    order = []
    for n in range(3):
        future.add_done_callback(lambda f, n=n: order.append((n, f.result(), var.get())))
    var.set("changed")
    future.add_done_callback(lambda f: order.append(var.get()))
    print(len(future._callbacks), future.remove_done_callback(print), future.cancelled())
    future.set_result(5)
    print(order, attempt(future.set_result, 6), attempt(future.set_exception, ValueError()), future.cancel())
    await asyncio.sleep(0)
    print(order, await future, future._callbacks)
    failed = loop.create_future()
    print(attempt(failed.set_exception, 3))
    failed.set_exception(StopIteration())
    print(repr(failed.exception()), repr(failed.exception().__cause__))
    cancelled = loop.create_future()
    print(cancelled.cancel("why"), cancelled.cancelled(), attempt(cancelled.result), cancelled._cancel_message)
    print(attempt(setattr, cancelled, "_log_traceback", True))


async def child(n):
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError as error:
        return n, error.args


class Yields:
    def __init__(self, value):
        self.value = value

    def __await__(self):
        return (yield self.value)


async def awaits(value):
    return await Yields(value)


async def tasks():
    task = asyncio.create_task(child(1), name="first")
    print(task.get_name(), task.cancelling(), task.done(), task in asyncio.all_tasks())
    await asyncio.sleep(0)
    task.cancel("stop")
    print(task.cancelling(), task.uncancel(), await task)
    print(attempt(task.set_result, 1), attempt(asyncio.Task, 3))
    other = asyncio.get_running_loop().create_future()
    for value in (3, other, (n for n in ())):
        result = (await asyncio.gather(awaits(value), return_exceptions=True))[0]
        print(type(result).__name__, str(result).split(" in task")[0].split(":")[0])
    me = asyncio.current_task()

    async def itself():
        await me

    me_again = asyncio.create_task(itself())
    me_again.cancel()
    print(repr((await asyncio.gather(me_again, return_exceptions=True))[0]))
    loop = asyncio.get_running_loop()
    print(attempt(asyncio._enter_task if hasattr(asyncio, "_enter_task") else asyncio.tasks._enter_task, loop, me).split("<")[0])


async def eager():
    loop = asyncio.get_running_loop()
    loop.set_task_factory(asyncio.eager_task_factory)
    ran = []

    async def quick():
        ran.append(asyncio.current_task().get_name())
        return 7

    task = asyncio.create_task(quick(), name="quick")
    print(ran, task.done(), task.result(), asyncio.current_task() is not task)
    slow = asyncio.create_task(asyncio.sleep(0, 8))
    print(slow.done(), slow in asyncio.all_tasks(), await slow)


asyncio.run(futures())
asyncio.run(tasks())
asyncio.run(eager())
print(attempt(asyncio.get_running_loop), asyncio._get_running_loop())
