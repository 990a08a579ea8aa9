import asyncio


class Ctx:
    def __init__(self, name, swallow=False):
        self.name, self.swallow = name, swallow

    async def __aenter__(self):
        print("enter", self.name)
        await asyncio.sleep(0)
        return self.name

    async def __aexit__(self, t, v, tb):
        print("exit", self.name, t and t.__name__)
        return self.swallow


class Rng:
    def __init__(self, n):
        self.i, self.n = 0, n

    def __aiter__(self):
        return self

    async def __anext__(self):
        if self.i >= self.n:
            raise StopAsyncIteration
        self.i += 1
        await asyncio.sleep(0)
        return self.i


async def main():
    async with Ctx("a") as a, Ctx("b") as b:
        print(a, b)
    async with Ctx("c"), Ctx("d", True):
        raise ValueError("swallowed")
    try:
        async with Ctx("e"):
            raise KeyError("k")
    except KeyError as e:
        print("outer", e)
    async for i in Rng(3):
        if i == 2:
            continue
        print(i)
    else:
        print("else")
    print(
        [i async for i in Rng(3)],
        {i: j async for i in Rng(2) for j in [i * 2]},
        {i async for i in Rng(3) if i % 2},
        [await asyncio.sleep(0, i) for i in range(2)],
        [i async for i in Rng(4) if await asyncio.sleep(0, i > 2)],
    )
    g = (i async for i in Rng(2))
    print(type(g).__name__, [x async for x in g], await anext(Rng(1)), await anext(Rng(0), "default"))
    for f in (lambda: anext(5), lambda: aiter(5)):
        try:
            f()
        except TypeError as e:
            print(e)
    try:
        async for _ in [1]:
            pass
    except TypeError as e:
        print(e)
    try:
        async with 5:
            pass
    except TypeError as e:
        print(e)

    class BadIter:
        def __aiter__(self):
            return 5

    try:
        async for _ in BadIter():
            pass
    except TypeError as e:
        print(e)

    class BadNext:
        def __aiter__(self):
            return self

        def __anext__(self):
            return 5

    try:
        async for _ in BadNext():
            pass
    except TypeError as e:
        print(e)

    class Sync:
        def __enter__(self):
            pass

        def __exit__(self, *a):
            pass

    try:
        async with Sync():
            pass
    except TypeError as e:
        print(e)


asyncio.run(main())
try:
    with Ctx("x"):
        pass
except TypeError as e:
    print(e)
