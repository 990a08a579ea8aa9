# stderr: ignore
# Threads that fail at the same time all report it, although the first one still imports what prints tracebacks.
import io
import sys
import threading

out = sys.stderr = io.StringIO()


def fail():
    barrier.wait()
    raise ValueError("x")


barrier = threading.Barrier(6)
threads = [threading.Thread(target=fail) for _ in range(6)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(out.getvalue().count("Exception in thread "), out.getvalue().count("ValueError: x\n"), "excepthook" in out.getvalue())
