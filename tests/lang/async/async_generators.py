import asyncio


async def agen(n):
    try:
        for i in range(n):
            got = yield i
            if got:
                print("got", got)
            await asyncio.sleep(0)
    finally:
        print("finalised", n)


async def main():
    g = agen(5)
    print(await g.asend(None), await g.asend("x"), await g.__anext__())
    await g.aclose()
    try:
        await g.__anext__()
    except StopAsyncIteration:
        print("exhausted")
    g = agen(2)
    await anext(g)
    try:
        await g.athrow(ValueError("thrown"))
    except ValueError as e:
        print(e)
    try:
        await agen(1).asend(5)
    except TypeError as e:
        print(e)
    async for v in agen(10):
        if v == 1:
            break
    print("broke")
    await asyncio.sleep(0)
    print([v async for v in agen(3)], g.ag_code.co_name, g.ag_frame, g.ag_running, type(g).__name__)

    async def outer():
        async for x in agen(2):
            yield x * 10

    print([x async for x in outer()])

    async def ignores():
        try:
            yield 1
        except GeneratorExit:
            yield 2

    i = ignores()
    await anext(i)
    try:
        await i.aclose()
    except RuntimeError as e:
        print(e)

    async def stop():
        yield 1
        raise StopAsyncIteration("s")

    try:
        async for _ in stop():
            pass
    except RuntimeError as e:
        print(e)
    a = agen(3)
    first = a.__anext__()
    None
    print(await first)
    try:
        await first
    except RuntimeError as e:
        print(e)
    await a.aclose()


asyncio.run(main())
for source in (
    "async def f():\n yield 1\n return 2",
    "async def f():\n yield from []",
    "await x",
    "def f(): await x",
    "def f(): [x async for x in y]",
    "def f():\n async with a: pass",
    "def f():\n async for x in y: pass",
    "async def f(): lambda: await x",
    "class A: await x",
    "async def f():\n class B:\n  await x",
):
    try:
        compile(source, "s", "exec")
        print("compiled", repr(source))
    except SyntaxError as e:
        print(repr(source), e.msg)
