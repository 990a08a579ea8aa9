# timeout: 60
"""_multiprocessing.SemLock and named semaphores."""

import _multiprocessing
import os
import threading

SemLock = _multiprocessing.SemLock
name = f"/taipan-test-{os.getpid()}"


def attempt(function, *args):
    try:
        print(function(*args))
    except Exception as error:
        print(type(error).__name__, error)


lock = SemLock(1, 1, 1, name, False)
attempt(SemLock, 1, 1, 1, name, False)
other = SemLock._rebuild(0, 1, 1, name)
_multiprocessing.sem_unlink(name)
attempt(_multiprocessing.sem_unlink, name)
print(lock.name == name, lock.kind, lock.maxvalue, lock._get_value(), lock._is_zero())
with lock:
    print(lock._count(), lock._is_mine(), other._get_value(), other._is_zero(), other.acquire(False), other.acquire(True, 0.01))
attempt(lock.release)
recursive = SemLock(0, 1, 1, name, True)
print(recursive.acquire(), recursive.acquire(), recursive._count(), recursive.name)
thread = threading.Thread(target=lambda: (print(recursive._is_mine(), recursive.acquire(False)), attempt(recursive.release)))
thread.start()
thread.join()
recursive.release()
recursive.release()
attempt(recursive.release)
attempt(SemLock, 5, 1, 1, name, True)
attempt(SemLock, 1, -1, 1, name, True)
pid = os.fork()
if pid == 0:
    lock.acquire()
    os._exit(7)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), lock._get_value())
