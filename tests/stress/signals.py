"""A signal every 50 microseconds while Python works; a third of the handlers raise. Nothing may crash or get lost.

INTERPRETER tests/stress/signals.py [--seconds 10]
"""

import argparse
import signal
import sys
import time

handled = raised = 0
armed = False  # a handler raises only while work runs, and once a piece of work


class Interrupted(Exception):
    pass


def handler(number: int, frame: object) -> None:
    global handled, raised, armed
    handled += 1
    if armed and handled % 3 == 0:
        armed = False
        raised += 1
        raise Interrupted


def arithmetic() -> None:
    assert sum(i * i for i in range(2000)) == 2664667000


def containers() -> None:
    d = {i: str(i) for i in range(500)}
    assert sorted(d.values(), key=int)[-1] == "499"
    items = [x for x in range(500)]
    items.sort(key=lambda v: -v)
    assert items[0] == 499


def text() -> None:
    s = "".join(f"{i}," for i in range(300))
    assert s.count(",") == 300 and len(s.split(",")) == 301


def recursion() -> None:
    def down(n: int) -> int:
        return 0 if n == 0 else 1 + down(n - 1)

    assert down(200) == 200


def generators() -> None:
    def numbers(n: int):
        try:
            yield from range(n)
        finally:
            closed.append(n)

    closed: list[int] = []
    assert sum(numbers(300)) == 44850


def exceptions() -> None:
    for i in range(100):
        try:
            raise ValueError(i)
        except ValueError as e:
            assert e.args == (i,)
        finally:
            pass


def matching() -> None:
    import re

    assert len(re.findall(r"(\w+)@(\w+)", "me@here you@there " * 100)) == 200


def sleeping() -> None:
    time.sleep(0.0005)


WORK = (arithmetic, containers, text, recursion, generators, exceptions, matching, sleeping)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--quick", action="store_true", help="two seconds")
    options = parser.parse_args()
    seconds = 2 if options.quick else options.seconds
    global armed
    caught = done = rounds = 0
    signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, 0.00005, 0.00005)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            armed = True
            WORK[rounds % len(WORK)]()
            armed = False
            done += 1
        except Interrupted:
            caught += 1
        rounds += 1
    signal.setitimer(signal.ITIMER_REAL, 0)
    # Where Python can only report an exception, as in a finaliser, it does not reach us.
    good = handled > 100 * seconds and 0.9 * raised <= caught <= raised and done > 0
    print(f"{handled} signals handled, {raised} raised, {caught} caught here, {done} pieces of work finished")
    print(f"{int(good)} passed, {int(not good)} failed")
    return not good


if __name__ == "__main__":
    sys.exit(main())
