# stderr: ignore
"""faulthandler: tracebacks on demand, on signals, after a time, and when the process dies."""

import faulthandler
import os
import re
import signal
import subprocess
import sys
import tempfile
import time


def show(dump):
    with tempfile.TemporaryFile("w+") as file:
        dump(file)
        file.seek(0)
        text = file.read()
    text = re.sub(r"0x[0-9a-f]+( \[.*\])?", "0x", text)
    for line in text.replace(__file__, "program").splitlines():
        print("   ", re.sub(r'".*program"|"[^"]*\.py"', '"program"', line))


def on_signal(file):
    faulthandler.register(signal.SIGUSR1, file=file, all_threads=False)
    signal.raise_signal(signal.SIGUSR1)
    print(faulthandler.unregister(signal.SIGUSR1), faulthandler.unregister(signal.SIGUSR1))


def on_timeout(file):
    faulthandler.dump_traceback_later(0.05, file=file)
    time.sleep(0.4)
    faulthandler.cancel_dump_traceback_later()


def cancelled(file):
    faulthandler.dump_traceback_later(0.3, file=file)
    faulthandler.cancel_dump_traceback_later()
    time.sleep(0.4)


def chained(file):
    signal.signal(signal.SIGUSR2, lambda number, frame: print("handler", number == signal.SIGUSR2))
    faulthandler.register(signal.SIGUSR2, file=file, all_threads=False, chain=True)
    os.kill(os.getpid(), signal.SIGUSR2)
    time.sleep(0.01)
    faulthandler.unregister(signal.SIGUSR2)


show(lambda file: faulthandler.dump_traceback(file, all_threads=False))
for function in on_signal, on_timeout, cancelled, chained:
    print(function.__name__)
    show(function)
for arguments in (11,), (0,), (999,), ("x",):
    try:
        faulthandler.register(*arguments)
    except Exception as error:
        print(type(error).__name__, error)
for timeout in 0, -1, 1e30, "x", float("nan"):
    try:
        faulthandler.dump_traceback_later(timeout)
    except Exception as error:
        print(type(error).__name__, error)
for death in "_sigsegv()", "_sigabrt()", "_sigfpe()", "_stack_overflow()", "_read_null()":
    code = f"import faulthandler; faulthandler.enable(); faulthandler.{death}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    lines = done.stderr.splitlines()
    print(death, lines[0], '  File "<string>", line 1 in <module>' in lines, done.returncode < 0)
