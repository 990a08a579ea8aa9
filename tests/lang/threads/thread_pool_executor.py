import concurrent.futures as cf
import threading

with cf.ThreadPoolExecutor(max_workers=3, thread_name_prefix="pool") as ex:
    print(list(ex.map(lambda x: x * x, range(6))), list(ex.map(pow, [2, 3], [3, 2])))
    f = ex.submit(divmod, 17, 5)
    print(f.result(), f.done(), f.cancelled(), f.exception(), f.running())
    bad = ex.submit(lambda: 1 / 0)
    print(repr(bad.exception()))
    try:
        bad.result()
    except ZeroDivisionError as e:
        print(e)
    fs = {ex.submit(int, s): s for s in ("1", "x", "3")}
    out = {}
    for f in cf.as_completed(fs):
        try:
            out[fs[f]] = f.result()
        except ValueError as e:
            out[fs[f]] = str(e)
    print(sorted(out.items()))
    called = []
    g = ex.submit(lambda: 5)
    g.add_done_callback(lambda f: called.append(f.result()))
    done, not_done = cf.wait([g, f])
    print(
        len(done), len(not_done), called, ex.submit(lambda: threading.current_thread().name.startswith("pool")).result()
    )
    gate = threading.Event()
    blockers = [ex.submit(gate.wait) for _ in range(3)]
    queued = ex.submit(print, "never")
    print(queued.cancel(), queued.cancelled())
    try:
        blockers[0].result(timeout=0.01)
    except TimeoutError as e:
        print(type(e).__name__)
    gate.set()
try:
    ex.submit(print)
except RuntimeError as e:
    print(e)
try:
    queued.result()
except cf.CancelledError as e:
    print(type(e).__name__)
try:
    cf.ThreadPoolExecutor(0)
except ValueError as e:
    print(e)
