"""Interpreters of their own: what they share, what they do not, how values and errors cross."""

from concurrent import interpreters


def report(interp, code):
    try:
        interp.exec(code)
    except interpreters.ExecutionFailed as error:
        print("failed:", error.excinfo.formatted)


# 1. Each has its own sys.modules, __main__, builtins and exit functions.
interp = interpreters.create()
print(interp, interpreters.get_main(), interpreters.get_current(), interp.is_running())
report(interp, "import sys, builtins; builtins.shared = 1; x = 5; sys.marker = 7")
report(interp, "print(x, shared, sys.marker)")
import builtins, sys
print(hasattr(builtins, "shared"), hasattr(sys, "marker"), "x" in globals())
report(interp, "print(sys.modules['__main__'].__dict__ is globals(), __name__)")
report(interp, "1/0")
report(interp, "import atexit; atexit.register(print, 'ends')")

report(interp, "class Local: pass\nprint(Local in object.__subclasses__())")
print([c for c in object.__subclasses__() if c.__name__ == "Local"])

# 2. Values that cross by themselves, and what does not.
interp.prepare_main(none=None, number=3, text="tëxt", data=b"\0\xff", pair=(1, ("a", True)), real=2.5)
report(interp, "print(none, number, text, data, pair, real)")
try:
    interp.prepare_main(bad=[1])
except interpreters.NotShareableError as error:
    print("not shareable:", error)
memory = bytearray(b"spam")
interp.prepare_main(view=memoryview(memory))
report(interp, "view[0] = ord('S'); print(type(view).__name__, bytes(view))")
print(memory)

# 3. Calls: functions without state go by their code, the rest pickled.
def power(base, exponent):
    return base ** exponent

def failing():
    raise LookupError("not here")

print(interp.call(power, 2, exponent=100), interp.call(len, [1, 2, 3]), interp.call(sorted, {"b": 1, "a": 2}))
try:
    interp.call(failing)
except interpreters.ExecutionFailed as error:
    print(error.excinfo.type.__name__, "|", error.excinfo.msg)
def outer():
    cell = 1
    return lambda: cell
try:
    interp.call(outer())
except interpreters.NotShareableError as error:
    print(error, "|", error.__cause__)

# 4. Queues.
queue = interpreters.create_queue(maxsize=3)
for item in (1, ["a", {"b": None}], (1, 2.0)):
    queue.put(item)
print(queue.full(), queue.qsize())
def drain(queue):
    return [queue.get() for _ in range(2)]
print(interp.call(drain, queue), queue.get(), queue.empty())
try:
    queue.get_nowait()
except interpreters.QueueEmpty as error:
    print(type(error).__name__)
def fill(queue):
    queue.put("left behind")
other = interpreters.create()
other.call(fill, queue)
other.close()
print(queue.get())

# 5. Threads run interpreters at the same time.
results = interpreters.create_queue()
def work(results, number):
    results.put((number, sum(range(number * 1000))))
workers = [interpreters.create() for _ in range(4)]
threads = [worker.call_in_thread(work, results, number) for number, worker in enumerate(workers)]
for thread in threads:
    thread.join()
print(sorted(results.get() for _ in workers))

# 6. Garbage belongs to the interpreter that made it.
import gc
interp.exec("""if True:
    import gc, sys
    class Cycle:
        def __init__(self): self.own = self
        def __del__(self): print("collected", sys.modules["__main__"].x)
    gc.disable()
    Cycle()
""")
gc.collect()
print(any(type(o).__name__ == "Cycle" for o in gc.get_objects()))
report(interp, "print(gc.collect() > 0)")

# 7. The end.
interp.close()
try:
    interp.exec("pass")
except interpreters.InterpreterNotFoundError as error:
    print(type(error).__name__, error)
for worker in workers:
    worker.close()
print(interpreters.list_all())
