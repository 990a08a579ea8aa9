import threading

results = {}


def work(n):
    results[n] = sum(range(n))


threads = [threading.Thread(target=work, args=(i * 1000,), name=f"w{i}") for i in range(8)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(
    sorted(results.items()),
    [t.name for t in threads],
    any(t.is_alive() for t in threads),
    threading.active_count(),
    threading.main_thread().name,
    threading.current_thread() is threading.main_thread(),
)


class T(threading.Thread):
    def __init__(self, v):
        super().__init__(daemon=True)
        self.v = v

    def run(self):
        self.v *= 2


t = T(21)
print(t.daemon, t.ident, t.is_alive())
t.start()
t.join()
print(t.v, t.ident is not None, t.native_id is not None)
for bad in (
    lambda: t.start(),
    lambda: threading.Thread().join(),
    lambda: threading.current_thread().join(),
    lambda: threading.Thread(target=1, group=5),
    lambda: threading.Thread.run(5),
):
    try:
        bad()
    except Exception as e:
        print(type(e).__name__, e)
caught = []
threading.excepthook = lambda a: caught.append((a.exc_type.__name__, str(a.exc_value), a.thread.name))


def boom():
    raise ValueError("in thread")


b = threading.Thread(target=boom, name="boomer")
b.start()
b.join()
print(caught)
timer = threading.Timer(0.01, lambda: caught.append("timer"))
timer.start()
timer.join()
print(caught[-1])
local = threading.local()
local.v = "main"
seen = []


def use():
    seen.append(hasattr(local, "v"))
    local.v = "thread"
    seen.append(local.v)


u = threading.Thread(target=use)
u.start()
u.join()
print(seen, local.v)
