import asyncio
import contextvars

var = contextvars.ContextVar("var", default="unset")


def main():
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    log = []
    loop.call_soon(log.append, "soon")
    loop.call_later(0.01, log.append, "later")
    h = loop.call_later(0.005, log.append, "cancelled")
    h.cancel()
    loop.call_later(0.02, loop.stop)
    loop.run_forever()
    print(log, loop.is_running(), loop.is_closed(), h.cancelled())

    async def work():
        r = await loop.run_in_executor(None, lambda: sum(range(100)))
        s = await asyncio.to_thread(pow, 2, 10)
        var.set("in task")
        return r, s, var.get()

    print(loop.run_until_complete(work()), var.get())

    def boom():
        raise ValueError("callback failed")

    errors = []
    loop.set_exception_handler(
        lambda l, ctx: errors.append((ctx["message"].split(" at 0x")[0].split("<")[0], repr(ctx["exception"])))
    )
    loop.call_soon(boom)
    loop.run_until_complete(asyncio.sleep(0))
    print(errors)
    loop.close()
    try:
        loop.call_soon(print)
    except RuntimeError as e:
        print(e)
    try:
        asyncio.get_running_loop()
    except RuntimeError as e:
        print(e)


main()


async def streams():
    async def handle(reader, writer):
        data = await reader.readline()
        writer.write(data.upper())
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"hello\n")
    print(await reader.read())
    writer.close()
    server.close()
    proc = await asyncio.create_subprocess_exec("echo", "from child", stdout=asyncio.subprocess.PIPE)
    out, _ = await proc.communicate()
    print(out, proc.returncode)


asyncio.run(streams())
with asyncio.Runner() as r:
    print(r.run(asyncio.sleep(0, "runner")))
