# stdin: p batch, threshold\nb 16\nc\np total\ncl 1\nc\n
import bdb
import pdb


def process_batch(batch, threshold):
    if len(batch) > threshold:
        pdb.set_trace(header="too long")
    return sum(batch)


def run():
    total = 0
    for batch in ([1], [1, 2, 3], [2]):
        total += process_batch(batch, 2)
    total *= 2
    return total


class Counter(bdb.Bdb):
    def __init__(self):
        super().__init__()
        self.lines = []

    def user_line(self, frame):
        if frame.f_code.co_name == "traced":
            self.lines.append(frame.f_lineno - frame.f_code.co_firstlineno)
        self.set_step()


def traced(n):
    while n:
        n -= 1
    return "done"


c = Counter()
print(c.runcall(traced, 2), c.lines)
print(run())
