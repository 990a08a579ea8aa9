import asyncio
import re


async def handle(reader, writer):
    request = (await reader.readuntil(b"\r\n\r\n")).decode()
    path = request.split()[1]
    body = "".join(f'<a href="/page{i}">{path}</a>' for i in range(3))
    writer.write(f"HTTP/1.0 200 OK\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
    await writer.drain()
    writer.close()
    await writer.wait_closed()


async def fetch(port, path):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.0\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(re.search(rb"Content-Length: (\d+)", head)[1])
    body = await reader.readexactly(length)
    writer.close()
    await writer.wait_closed()
    return body.decode()


async def scrape_websites(port, urls):
    tasks = [fetch(port, url) for url in urls]
    return await asyncio.gather(*tasks)


async def main():
    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        pages = await scrape_websites(port, [f"/p{i}" for i in range(10)])
    print([len(p) for p in pages], re.findall(r'href="([^"]+)">([^<]+)', pages[3]))


asyncio.run(main())
