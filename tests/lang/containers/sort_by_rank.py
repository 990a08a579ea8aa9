# Sorts of keys of one simple type, which take another way than the merge sort: the order, stability and reverse must agree.
import random

rng = random.Random(7)


def by_insertion(items, key=lambda x: x, reverse=False):
    out = []
    for item in items:
        k = key(item)
        i = len(out)
        while i and (key(out[i - 1]) < k if reverse else k < key(out[i - 1])):
            i -= 1
        out.insert(i, item)
    return out


def check(name, items, key=None, same=lambda a, b: a is b or a == b):
    for reverse in (False, True):
        got = sorted(items, key=key, reverse=reverse)
        want = by_insertion(items, key or (lambda x: x), reverse)
        ok = len(got) == len(want) and all(map(same, got, want))
        print(name, reverse, ok)


for n in (11, 12, 13, 40, 41, 100, 700):
    check(f"ints {n}", [rng.randrange(-50, 50) for _ in range(n)])
    check(f"wide ints {n}", [rng.choice((-1, 1)) * rng.getrandbits(rng.randrange(1, 63)) for _ in range(n)])
    check(f"big ints {n}", [rng.getrandbits(90) - (1 << 89) for _ in range(n)])
    check(f"floats {n}", [rng.choice((0.0, -0.0, 1.5, -1.5, float("inf"), float("-inf"), 1e-310, rng.random())) for _ in range(n)],
          same=lambda a, b: repr(a) == repr(b))
    check(f"words {n}", ["".join(rng.choice("ab\x00é") for _ in range(rng.randrange(12))) for _ in range(n)])
    check(f"long words {n}", ["prefix/" + "".join(rng.choice("xyz") for _ in range(rng.randrange(9))) for _ in range(n)])
    check(f"wide words {n}", ["".join(rng.choice("aé€") for _ in range(rng.randrange(5))) for _ in range(n)])
    check(f"pairs {n}", [(rng.randrange(5), rng.randrange(5), i) for i in range(n)])
    check(f"ragged {n}", [tuple(rng.randrange(3) for _ in range(rng.randrange(4))) for _ in range(n)])
    check(f"named {n}", [(rng.choice(("a", "b", "prefix one", "prefix two")), rng.random()) for _ in range(n)])
    check(f"float pairs {n}", [(rng.choice((0.0, -0.0, 1.0)), -i) for i in range(n)], same=lambda a, b: repr(a) == repr(b))
    check(f"keyed {n}", [(i, rng.randrange(4)) for i in range(n)], key=lambda p: p[1])
    check(f"keyed floats {n}", [(i, rng.random()) for i in range(n)], key=lambda p: p[1])
    check(f"keyed words {n}", [(i, rng.choice("abcd") * 9) for i in range(n)], key=lambda p: p[1])
    check(f"mixed {n}", [rng.choice((True, 2, 0, 1, False, 1.5)) for _ in range(n)], same=lambda a, b: repr(a) == repr(b))

big = [rng.randrange(10**9) for _ in range(20_000)]
ordered = sorted(big)
print(all(a <= b for a, b in zip(ordered, ordered[1:])), sum(ordered) == sum(big))
print(sorted(range(5000, 0, -1))[:3], sorted(list(range(500)) * 3)[:6])

# Tuples whose later items cannot be compared raise as ever, and lose nothing.
rows = [(rng.randrange(3), object()) for _ in range(50)]
kept = list(rows)
try:
    rows.sort()
except TypeError as error:
    print(error)
print(len(rows) == 50 and set(map(id, rows)) == set(map(id, kept)))
nan = float("nan")
values = [nan, 1.0, 3.0, 2.0] * 5
print(len(sorted(values)), sorted([3.0, 2.0, 1.0] * 5)[:4])
