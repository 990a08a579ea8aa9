import asyncio


async def add(a, b):
    await asyncio.sleep(0)
    return a + b


async def main():
    print(await add(1, 2), await asyncio.gather(add(1, 1), add(2, 2)))
    t = asyncio.create_task(add(5, 5), name="adder")
    print(t.get_name(), t.done(), await t, t.done(), t.result())
    return "main result"


print(asyncio.run(main()))
c = add(1, 2)
print(type(c).__name__, c.cr_code.co_name, c.cr_running, c.cr_await)
try:
    c.send(None)
    c.send(None)
except StopIteration as e:
    print("value", e.value)
try:
    c.send(None)
except RuntimeError as e:
    print(e)


class Aw:
    def __await__(self):
        x = yield "suspended"
        return x


async def use():
    return await Aw()


u = use()
print(u.send(None))
try:
    u.send("resumed")
except StopIteration as e:
    print(e.value)


async def bad():
    await 5


async def bad2():
    await BadAwait()


class BadAwait:
    def __await__(self):
        return 5


async def bad3():
    await [1]


for f in (bad, bad2, bad3):
    try:
        f().send(None)
    except TypeError as e:
        print(e)
x = add(1, 2)
x.close()
try:
    x.send(None)
except RuntimeError as e:
    print(e)
try:
    for _ in use():
        pass
except TypeError as e:
    print(e)
import inspect

print(inspect.iscoroutinefunction(add), inspect.isawaitable(Aw()), inspect.getcoroutinestate(x))
