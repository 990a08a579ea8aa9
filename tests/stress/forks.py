"""Fork from a process with four busy threads; every child runs Python, starts a thread and exits. None may hang.

INTERPRETER tests/stress/forks.py [--seconds 10]
"""

import argparse
import gc
import os
import signal
import sys
import threading
import time
import warnings

stop = threading.Event()
shared: dict[int, list[int]] = {}
lock = threading.Lock()


def busy(number: int) -> None:
    i = 0
    while not stop.is_set():
        i += 1
        shared[i % 50] = [i] * 5
        with lock:
            sorted(shared.get(number, []))
        f"{i}".encode()
        if i % 1000 == 0:
            gc.collect()


def child() -> None:
    """What a child must be able to do: run Python, take locks made anew, collect, start a thread, import."""
    assert threading.active_count() == 1
    assert sum(range(100)) == 4950
    data = [{i: [i] for i in range(20)} for _ in range(5)]
    del data
    gc.collect()
    box: list[int] = []
    t = threading.Thread(target=lambda: box.append(1))
    t.start()
    t.join()
    import colorsys  # noqa: F401

    assert box == [1]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--quick", action="store_true", help="two seconds")
    options = parser.parse_args()
    seconds = 2 if options.quick else options.seconds
    warnings.simplefilter("ignore", DeprecationWarning)
    threads = [threading.Thread(target=busy, args=(n,), daemon=True) for n in range(4)]
    for t in threads:
        t.start()
    forks = failed = 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                child()
                code = 0
            finally:
                os._exit(code)
        forks += 1
        limit = time.monotonic() + 20
        while (answer := os.waitpid(pid, os.WNOHANG)) == (0, 0):
            if time.monotonic() > limit:
                os.kill(pid, signal.SIGKILL)
                answer = os.waitpid(pid, 0)
                print(f"child {forks} hung")
                break
            time.sleep(0.0005)
        if answer[1]:
            failed += 1
            print(f"child {forks}: wait status {answer[1]}")
    stop.set()
    for t in threads:
        t.join()
    print(f"{forks} forks")
    print(f"{forks - failed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
