import asyncio
import inspect


async def fetch_data(url):
    """Coroutine function"""
    print(f"Fetching {url}")
    await asyncio.sleep(0.001)
    return f"Data from {url}"


coro = fetch_data("https://api.example.com")
print(type(coro), inspect.iscoroutine(coro), inspect.iscoroutinefunction(fetch_data), fetch_data.__doc__)
print(asyncio.run(coro))
print(asyncio.run(fetch_data("again")))
try:
    asyncio.run(coro)
except RuntimeError as e:
    print(e)


class Deferred:
    def __init__(self, value):
        self.value = value

    def __await__(self):
        yield from asyncio.sleep(0).__await__()
        return self.value


async def chain(n):
    if n == 0:
        return await Deferred("bottom")
    return f"{n}>{await chain(n - 1)}"


print(asyncio.run(chain(5)))


async def deep(n):
    return 0 if n == 0 else 1 + await deep(n - 1)


print(asyncio.run(deep(300)))
for bad in ("await x", "def f():\n    await x", "async def f():\n    lambda: await x"):
    try:
        compile(bad, "s", "exec")
    except SyntaxError as e:
        print(e.msg)
