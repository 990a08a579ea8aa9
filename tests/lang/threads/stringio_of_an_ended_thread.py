"""A StringIO that a thread wrote to first lives on after the thread."""
import io
import threading


def write(stream, text, more):
    stream.write(text)
    if more:
        stream.write(text * 300)


streams = [io.StringIO() for _ in range(60)]
for index, stream in enumerate(streams):
    thread = threading.Thread(target=write, args=(stream, "text", index % 2))
    thread.start()
    thread.join()
print({len(stream.getvalue()) for stream in streams})
for stream in streams:
    stream.write("\N{SNOWMAN}")
    stream.seek(0)
print({len(stream.read()) for stream in streams}, {stream.getvalue()[-1] for stream in streams})
