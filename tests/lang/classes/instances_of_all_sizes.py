"""Instances of every size around the limits of what allocators treat alike, with and without a dict."""


class Numbers(tuple):
    pass


class Bare(tuple):
    __slots__ = ()


class Text(str):
    pass


class Raw(bytes):
    pass


def slots_class(count):
    return type(f"Slots{count}", (), {"__slots__": [f"s{i}" for i in range(count)]})


kept = []
for size in list(range(140)) + [500, 1000, 5000]:
    a, b, c, d, e = Numbers(range(size)), Bare(range(size)), Text("x" * size), Raw(size), 7 << (30 * size)
    a.note = size
    kept.append((a, b, c, d, e, a + b))
for count in range(0, 140, 3):
    made = slots_class(count)
    instances = [made() for _ in range(5)]
    for instance in instances:
        for i in range(count):
            setattr(instance, f"s{i}", i)
    kept.append(instances)
print(len(kept), sum(len(k[0]) + len(k[1]) + k[0].note for k in kept[:143]))
print(all(k[0] == tuple(range(len(k[0]))) == k[1] and len(k[5]) == 2 * len(k[0]) for k in kept[:143]))
print(sum(getattr(i, s) for k in kept[143:] for i in k for s in i.__slots__))
