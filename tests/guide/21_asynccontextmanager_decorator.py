import asyncio
from contextlib import AsyncExitStack, aclosing, asynccontextmanager


class Conn:
    def __init__(self, name):
        self.name, self.log = name, []

    async def execute(self, sql):
        await asyncio.sleep(0)
        self.log.append(sql)
        return len(self.log)

    async def close(self):
        print("closing", self.name, self.log)


@asynccontextmanager
async def get_connection(name="main"):
    conn = Conn(name)
    try:
        yield conn
    except ValueError as e:
        print("rolled back:", e)
    finally:
        await conn.close()


@asynccontextmanager
async def no_yield():
    if False:
        yield


async def numbers():
    try:
        for i in range(100):
            yield i
    finally:
        print("numbers closed")


async def main():
    async with get_connection() as conn:
        print(await conn.execute("SELECT * FROM users"), await conn.execute("SELECT 2"))
    async with get_connection("second") as conn:
        await conn.execute("BEGIN")
        raise ValueError("bad row")
    async with AsyncExitStack() as stack:
        conns = [await stack.enter_async_context(get_connection(f"c{i}")) for i in range(3)]
        stack.push_async_callback(conns[0].execute, "last words")
        stack.callback(print, "sync callback")
    async with aclosing(numbers()) as source:
        async for n in source:
            if n == 2:
                break
    try:
        async with no_yield():
            pass
    except RuntimeError as e:
        print(e)

    @get_connection("decorator")
    async def decorated():
        print("inside decorated")

    await decorated()


asyncio.run(main())
