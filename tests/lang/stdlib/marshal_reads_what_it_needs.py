"""marshal.load takes from a file just the bytes of one value, also from a pipe; what it says when they are short or odd."""

import io
import marshal
import os

values = [(1, "ab", b"xyz", [1.0, None]), {"k": (1, 2)}, frozenset({1}), 10**40, "é" * 300]
stream = io.BytesIO(b"".join(map(marshal.dumps, values)) + b"rest")
print([marshal.load(stream) for _ in values] == values, stream.read())

reading, writing = os.pipe()
os.write(writing, marshal.dumps(values[0]) + marshal.dumps(values[1]))
with open(reading, "rb", buffering=0) as pipe:
    print(marshal.load(pipe), marshal.load(pipe))
os.close(writing)

data = marshal.dumps(values[0])
for size in range(len(data)):
    messages = []
    for load in (marshal.loads, lambda raw: marshal.load(io.BytesIO(raw))):
        try:
            load(data[:size])
        except EOFError as error:
            messages.append(str(error))
    print(size, messages)


class Odd:
    def __init__(self, first: object, answer: object) -> None:
        self.first, self.answer = first, answer

    def read(self, size: int) -> object:
        return self.first

    def readinto(self, buffer: bytearray) -> object:
        return len(buffer) + 5 if self.answer == "more" else self.answer


for first, answer in (("", 0), (b"", "x"), (b"", None), (b"", "more"), (b"", -1)):
    try:
        marshal.load(Odd(first, answer))
    except (TypeError, ValueError, EOFError) as error:
        print(type(error).__name__, error)
