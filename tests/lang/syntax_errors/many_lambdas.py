"""Compiling takes time in proportion to the text: twice as many equal lambdas on a line, about twice the time."""

import time


def seconds(count: int) -> float:
    source = "x = [" + "lambda a: a, " * count + "]"
    start = time.process_time()
    compile(source, "f", "exec")
    return time.process_time() - start


print(min(seconds(8000) for _ in range(3)) < 8 * min(seconds(2000) for _ in range(3)) + 0.05)
