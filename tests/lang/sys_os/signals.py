import os, signal, sys, time

log = []
old = signal.signal(signal.SIGUSR1, lambda n, f: log.append((n, f.f_code.co_name)))
print(old == signal.SIG_DFL, signal.getsignal(signal.SIGUSR1) is not None)


def work():
    os.kill(os.getpid(), signal.SIGUSR1)
    for _ in range(1000):
        pass


work()
print(log)
signal.raise_signal(signal.SIGUSR1)
print(len(log), signal.Signals(2).name, signal.SIGTERM, signal.strsignal(9), signal.SIGINT in signal.valid_signals())


def boom(n, f):
    raise ZeroDivisionError("from handler")


signal.signal(signal.SIGALRM, boom)
signal.setitimer(signal.ITIMER_REAL, 0.02)
try:
    while True:
        pass
except ZeroDivisionError as e:
    print(e)
signal.setitimer(signal.ITIMER_REAL, 0.02)
try:
    time.sleep(5)
except ZeroDivisionError as e:
    print("sleep", e)
signal.signal(signal.SIGALRM, lambda *a: log.append("tick"))
signal.setitimer(signal.ITIMER_REAL, 0.01)
t = time.monotonic()
time.sleep(0.05)
print(time.monotonic() - t >= 0.049, log[-1])
signal.signal(signal.SIGINT, signal.default_int_handler)
try:
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(1)
except KeyboardInterrupt:
    print("KeyboardInterrupt")
for bad in (
    lambda: signal.signal(999, print),
    lambda: signal.signal(signal.SIGKILL, print),
    lambda: signal.signal(signal.SIGUSR1, 5),
    lambda: signal.raise_signal(999),
    lambda: signal.getsignal("x"),
):
    try:
        bad()
    except Exception as e:
        print(type(e).__name__, e)
import threading

err = []


def inthread():
    try:
        signal.signal(signal.SIGUSR1, print)
    except ValueError as e:
        err.append(str(e))


th = threading.Thread(target=inthread)
th.start()
th.join()
print(err)
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
os.kill(os.getpid(), signal.SIGUSR1)
print(signal.sigpending(), len(log))
signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGUSR1})
print(len(log))
import subprocess

p = subprocess.Popen(
    [sys.executable, "-c", "import time\nprint('up', flush=True)\ntime.sleep(30)"],
    stdout=subprocess.PIPE,
    stderr=subprocess.PIPE,
    text=True,
)
p.stdout.readline()
p.send_signal(signal.SIGINT)
out, e = p.communicate()
print(p.returncode, e.strip().splitlines()[-1])
