"""Instances of classes whose attributes nobody could know beforehand: the first ones, later ones, and those of several threads."""

import dataclasses
import threading


class Open:
    pass


def fill(o, names, base):
    for i, name in enumerate(names):
        setattr(o, name, base + i)
    return o


NAMES = [f"a{i}" for i in range(40)]

# 1. Few at first and more later; many at first and fewer later; in another order.
for counts in ([2] * 20 + [12] * 5, [25] * 3 + [1] * 40 + [30, 35, 1], [0, 40, 0, 3], list(range(0, 40, 3)), list(range(39, 0, -3))):
    cls = type("Open", (), {})
    made = [fill(cls(), NAMES[:n], 100 * k) for k, n in enumerate(counts)]
    for k, (o, n) in enumerate(zip(made, counts)):
        assert vars(o) == {name: 100 * k + i for i, name in enumerate(NAMES[:n])}, (counts, k)
        assert list(vars(o)) == NAMES[:n]
    for k, (o, n) in enumerate(zip(made, counts)):
        for name in NAMES[:n:2]:
            delattr(o, name)
        assert list(vars(o)) == NAMES[1:n:2]
        fill(o, reversed(NAMES), 0)
        assert sorted(vars(o)) == sorted(NAMES)
print("one after the other")

# 2. The same place reads objects with much room and with little, with and without a dict.
objects = [fill(Open(), NAMES[: 3 + k % 9], k) for k in range(300)]
for o in objects[::7]:
    o.__dict__["a0"] = "through the dict"
for o in objects[::11]:
    o.__dict__ = {"a0": "another dict", "a1": 1, "a2": 2}
print(sum(isinstance(o.a0, str) for o in objects), sum(o.a2 for o in objects), sum(hasattr(o, "a8") for o in objects))
for o in objects:
    o.a5 = 5
    o.late = "late"
print(sum(o.a5 for o in objects), {o.late for o in objects})


# 3. Dataclasses, subclasses with more, instances that change their class.
@dataclasses.dataclass
class Point:
    x: int
    y: int
    z: int = 0
    t: int = 0
    u: int = 0
    v: int = 0


@dataclasses.dataclass
class More(Point):
    w: int = 7


points = [Point(i, i + 1) for i in range(50)] + [More(i, i, w=i) for i in range(50)]
print(sum(p.x + p.y + p.v for p in points), points[3], points[60])
for p in points[:50]:
    p.__class__ = More
    p.w = 1
print(sum(p.w for p in points), points[3] == More(3, 4, w=1))

# 4. Threads make and fill instances of one new class at once.
for round in range(30):
    cls = type("Shared", (), {})
    start = threading.Barrier(4)
    results = [None] * 4

    def work(k):
        start.wait()
        mine = []
        for i in range(60):
            mine.append(fill(cls(), NAMES[k : k + i % 15], i))
        results[k] = all(vars(o) == {n: i + j for j, n in enumerate(NAMES[k : k + i % 15])} for i, o in enumerate(mine))

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert all(results), results
print("threads")
