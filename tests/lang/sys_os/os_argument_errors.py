"""os, select, resource and time: odd arguments."""

import os
import resource
import select
import signal
import time


def attempt(function, *args, **kwargs):
    try:
        print(repr(function(*args, **kwargs)))
    except Exception as error:
        print(type(error).__name__, error)


attempt(os.sched_param)
attempt(os.sched_param, None)
attempt(os.sched_param, sched_priority=3)
attempt(os.sched_param(1).__reduce__)
for scheduler in "x", (1,), (1, 2), 5:
    attempt(os.posix_spawn, "/bin/true", ["x"], {}, scheduler=scheduler)
attempt(os.makedev, -1, -1)
attempt(os.makedev, 1, -2)
attempt(os.makedev, 2**40, 1)
attempt(os.major, -1)
attempt(os.pathconf, -1, 1)
attempt(os.execve, "/bin/true", ["x"], 5)
polling = select.poll()
attempt(polling.register, 0, -1)
attempt(polling.register, 0, 70000)
attempt(polling.poll, "x")
attempt(polling.poll, 1e30)
attempt(select.select, [], [], [], -1e-100)
attempt(select.select, [], [], [], 2**70)
attempt(resource.setrlimit, resource.RLIMIT_FSIZE, (-5, 1))
attempt(resource.setrlimit, resource.RLIMIT_FSIZE, (2**70, 1))
attempt(signal.pthread_sigmask, signal.SIG_BLOCK, [1 << 1000])
for duration in [], -1, -1e-100, float("nan"), 1e30, 2**70:
    attempt(time.sleep, duration)
items = []


class Shrinking:
    def fileno(self):
        del items[-1]
        return writer


reader, writer = os.pipe()
items[:] = [Shrinking()] * 10
print(len(select.select([], items, [])[1]), len(items))
descriptor = os.timerfd_create(time.CLOCK_REALTIME, flags=os.TFD_NONBLOCK)
print(os.get_inheritable(descriptor))
