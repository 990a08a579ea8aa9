import concurrent.futures
import threading

gates = {name: threading.Event() for name in "ABC"}
log = []


def task(name):
    gates[name].wait(10)
    log.append(f"Finished task {name}")
    return f"Result from {name}"


with concurrent.futures.ThreadPoolExecutor(max_workers=3) as executor:
    futures = {executor.submit(task, name): name for name in "ABC"}
    gates["B"].set()
    for future in concurrent.futures.as_completed(futures):
        print(f"Received: {future.result()} ({futures[future]})")
        waiting = [n for n in "CA" if not gates[n].is_set()]
        if waiting:
            gates[waiting[0]].set()
print(log)
with concurrent.futures.ThreadPoolExecutor(2) as executor:
    slow = threading.Event()
    a, b = executor.submit(slow.wait, 10), executor.submit(lambda: "quick")
    done, pending = concurrent.futures.wait([a, b], return_when=concurrent.futures.FIRST_COMPLETED)
    print(b in done, a in pending)
    try:
        for f in concurrent.futures.as_completed([a], timeout=0.01):
            print("never")
    except TimeoutError as e:
        print(e)
    slow.set()
    callbacks = []
    c = executor.submit(lambda: 1 / 0)
    c.add_done_callback(lambda f: callbacks.append(repr(f.exception())))
    done, _ = concurrent.futures.wait([c], return_when=concurrent.futures.FIRST_EXCEPTION)
print(callbacks, c.cancelled(), c.done())
f = concurrent.futures.Future()
print(f.set_running_or_notify_cancel(), f.running())
f.set_result(5)
try:
    f.set_result(6)
except concurrent.futures.InvalidStateError as e:
    print(type(e).__name__)
