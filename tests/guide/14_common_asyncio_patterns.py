import asyncio


class Response:
    def __init__(self, url, status):
        self.url, self.status = url, status

    async def text(self):
        await asyncio.sleep(0)
        return f"<html>{self.url}</html>"

    async def __aenter__(self):
        await asyncio.sleep(0)
        return self

    async def __aexit__(self, *exc):
        log.append(f"release {self.url}")


class Session:
    async def __aenter__(self):
        log.append("open session")
        return self

    async def __aexit__(self, kind, value, tb):
        log.append(f"close session {kind and kind.__name__}")

    def get(self, url):
        if "bad" in url:
            raise ConnectionError(url)
        return Response(url, 200)


log = []


async def fetch_one(session, url):
    async with session.get(url) as response:
        return await response.text()


async def fetch_all(urls):
    async with Session() as session:
        return await asyncio.gather(*[fetch_one(session, url) for url in urls])


async def slow_operation():
    await asyncio.sleep(60)


async def with_timeout():
    try:
        await asyncio.wait_for(slow_operation(), timeout=0.01)
    except asyncio.TimeoutError:
        print("Operation timed out")


async def background(results):
    for i in range(3):
        results.append(f"background {i}")
        await asyncio.sleep(0)


async def main():
    print(await fetch_all(["u1", "u2"]), log)
    log.clear()
    try:
        await fetch_all(["u1", "bad"])
    except ConnectionError as e:
        print(repr(e), log[0], log[-1])
    await with_timeout()
    results = []
    task = asyncio.create_task(background(results))
    await asyncio.sleep(0)
    results.append("other things")
    await task
    print(results)
    tasks = [asyncio.sleep(d, d) for d in (0.03, 0.01, 0.02)]
    print([await c for c in asyncio.as_completed(tasks)])
    async for t in asyncio.as_completed([asyncio.create_task(asyncio.sleep(0, "iter"))]):
        print(t.result())


asyncio.run(main())
