import gc


class N:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("del", self.name)


def cycle():
    a, b = N("in cycle"), N("in cycle")  # which of them goes first is not said
    a.o, b.o = b, a


cycle()
print(gc.collect() >= 2)
n = N("self")
n.me = n
del n
gc.collect()
l = [N("in list")]
l.append(l)
del l
gc.collect()
print(gc.isenabled(), gc.get_threshold()[0] > 0, len(gc.get_count()), gc.garbage)
gc.disable()
print(gc.isenabled())
gc.enable()
x = [1]
y = {"k": x}
print(
    any(r is y for r in gc.get_referrers(x)),
    any(r is x for r in gc.get_referents(y)),
    gc.is_tracked(x),
    gc.is_tracked(5),
    gc.is_tracked("s"),
    any(o is y for o in gc.get_objects()),
)


class R:
    saved = []

    def __del__(self):
        R.saved.append(self)


r = R()
r.me = r
del r
gc.collect()
print(len(R.saved), gc.is_finalized(R.saved[0]))
R.saved.clear()
gc.collect()
print(len(R.saved))
events = []
gc.callbacks.append(lambda p, i: events.append((p, sorted(i))))
gc.collect()
gc.callbacks.clear()
print(events)


def gen():
    try:
        yield me
    finally:
        print("generator finalised")


me = gen()
next(me)
box = [me]
box.append(box)
del me, box
gc.collect()
for bad in (lambda: gc.collect(5), lambda: gc.collect(-1), lambda: gc.collect("x"), lambda: gc.set_threshold()):
    try:
        bad()
    except (ValueError, TypeError) as e:
        print(type(e).__name__, e)
