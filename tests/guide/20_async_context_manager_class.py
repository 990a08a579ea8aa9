import asyncio


class AsyncDatabaseConnection:
    def __init__(self, name="db", fail=False):
        self.name, self.fail, self.connection = name, fail, None

    async def __aenter__(self):
        print(f"Connecting to {self.name}...")
        await asyncio.sleep(0)
        if self.fail:
            raise ConnectionError(self.name)
        self.connection = "DB Connection"
        return self

    async def __aexit__(self, exc_type, exc_val, exc_tb):
        print(f"Closing {self.name}...", exc_type and exc_type.__name__, exc_val)
        await asyncio.sleep(0)
        self.connection = None
        return exc_type is ValueError


async def main():
    async with AsyncDatabaseConnection() as db:
        print(f"Using {db.connection}")
    print(db.connection)
    async with AsyncDatabaseConnection("swallows"):
        raise ValueError("handled by __aexit__")
    try:
        async with AsyncDatabaseConnection("outer") as a, AsyncDatabaseConnection("inner") as b:
            print(a.name, b.name)
            raise KeyError("propagates")
    except KeyError as e:
        print(repr(e))
    try:
        async with AsyncDatabaseConnection("ok"), AsyncDatabaseConnection("broken", fail=True):
            print("never")
    except ConnectionError as e:
        print(repr(e))
    task = asyncio.create_task(cancelled())
    await asyncio.sleep(0.001)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def cancelled():
    async with AsyncDatabaseConnection("cancelled"):
        await asyncio.sleep(10)


asyncio.run(main())
