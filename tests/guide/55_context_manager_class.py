import time


class Timer:
    def __init__(self, name, log):
        self.name, self.log = name, log

    def __enter__(self):
        self.start = time.perf_counter()
        self.log.append(f"start {self.name}")
        return self

    def __exit__(self, exc_type, exc_val, exc_tb):
        self.elapsed = time.perf_counter() - self.start
        self.log.append(f"stop {self.name} {exc_type and exc_type.__name__}")
        return False


log = []
with Timer("work", log) as t:
    total = sum(range(1000))
print(total, t.elapsed > 0, f"{1.5:.4f}s", log)
try:
    with Timer("failing", log) as t:
        [][1]
except IndexError as e:
    print(e, t.elapsed > 0, log[-1])


class Transaction:
    def __init__(self, store):
        self.store = store

    def __enter__(self):
        self.saved = dict(self.store)
        return self.store

    def __exit__(self, kind, value, tb):
        if kind is not None:
            self.store.clear()
            self.store.update(self.saved)
            print("rolled back because of", repr(value), tb.tb_frame.f_code.co_name)
        return kind is not None and issubclass(kind, ValueError)


store = {"a": 1}
with Transaction(store) as s:
    s["b"] = 2
with Transaction(store) as s:
    del s["a"]
    raise ValueError("bad input")
print(store)
try:
    with Transaction(store) as s:
        s["c"] = 1 / 0
except ZeroDivisionError:
    print(store)


class Reentrant:
    depth = 0

    def __enter__(self):
        self.depth += 1
        return self.depth

    def __exit__(self, *exc):
        self.depth -= 1


r = Reentrant()
with r as a, r as b:
    with r as c:
        print(a, b, c, r.depth)
print(r.depth)
