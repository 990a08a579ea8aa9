import asyncio

PAGES = {
    f"url{i}": {"items": list(range(i * 3, i * 3 + 3)), "next": f"url{i + 1}" if i < 4 else None} for i in range(1, 5)
}


async def get_json(url):
    await asyncio.sleep(0)
    return PAGES[url]


async def fetch_pages(url):
    try:
        while url:
            data = await get_json(url)
            yield data["items"]
            url = data["next"]
    finally:
        print("pagination ended")


async def flatten(pages):
    async for page in pages:
        for item in page:
            yield item


async def take(n, source):
    async for value in source:
        if n <= 0:
            break
        n -= 1
        yield value


async def process_all():
    async for page in fetch_pages("url1"):
        print(page)
    print([v async for v in flatten(fetch_pages("url1"))])
    source = fetch_pages("url1")
    async for v in take(4, flatten(source)):
        print(v, end=" ")
    print()
    await source.aclose()
    try:
        async for page in fetch_pages("missing"):
            print(page)
    except KeyError as e:
        print(repr(e))


asyncio.run(process_all())
