import asyncio


async def main():
    loop = asyncio.get_running_loop()
    print("Task running", loop.is_running(), asyncio.current_task().get_name())
    started = loop.time()
    await asyncio.sleep(0.01)
    print("Task resumed", loop.time() - started >= 0.009)
    order = []
    loop.call_soon(order.append, 1)
    loop.call_later(0.003, order.append, 3)
    loop.call_at(loop.time() + 0.001, order.append, 2)
    await asyncio.sleep(0.02)
    print(order, len(asyncio.all_tasks()))
    return loop


loop = asyncio.run(main())
print(loop.is_closed(), loop.is_running())
try:
    loop.run_until_complete(asyncio.sleep(0))
except RuntimeError as e:
    print(e)
with asyncio.Runner(debug=True) as runner:
    print(runner.get_loop().get_debug(), runner.run(asyncio.sleep(0, "value")))


async def crash():
    raise LookupError("in main")


try:
    asyncio.run(crash())
except LookupError as e:
    print(repr(e))
try:
    asyncio.run(42)
except (TypeError, ValueError) as e:
    print(type(e).__name__, e)
