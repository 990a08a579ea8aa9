"""What is taken for a time-out, how it is rounded, and what is said of the rest."""

import _thread
import faulthandler
import queue
import select
import signal
import socket
import sys
import time


class Index:
    def __index__(self):
        return 0


class Real:
    def __float__(self):
        return 0.0


lock, rlock, simple = _thread.allocate_lock(), _thread.RLock(), queue.SimpleQueue()
ended = _thread.start_joinable_thread(lambda: None)
connection, poll, epoll = socket.socket(), select.poll(), select.epoll()
WAITS = {
    "lock": lambda v: lock.acquire(True, v) and lock.release(),
    "rlock": lambda v: rlock.acquire(True, v),
    "join": ended.join,
    "settimeout": connection.settimeout,
    "select": lambda v: select.select([], [], [connection], v),
    "sleep": time.sleep,
    "dump_later": lambda v: (faulthandler.dump_traceback_later(v, file=sys.__stderr__), faulthandler.cancel_dump_traceback_later())[1],
    "sigtimedwait": lambda v: signal.sigtimedwait([], v),
    "get": lambda v: simple.get(timeout=v),
    "poll": poll.poll,
    "epoll": epoll.poll,
}
VALUES = [
    float("nan"), float("inf"), -1e300, 1e10, -1e10, 2**63, 2**70, -(2**70), "a", True, Index(), Real(), None, -0.5, -1, -2, 0.0, -1e-12,
]  # fmt: skip
for name, wait in WAITS.items():
    for value in VALUES:
        for_ever = value is None or (type(value) in (int, float) and value < 0)
        if (value is True and name in ("sleep", "sigtimedwait", "get")) or (for_ever and name in ("poll", "epoll", "select")) or (value is None and name == "get"):
            continue
        try:
            outcome = wait(value)
        except BaseException as e:
            outcome = repr(e)
        print(name, value if not isinstance(value, (Index, Real)) else type(value).__name__, outcome)
