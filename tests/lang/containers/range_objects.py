r = range(0, 20, 3)
print(
    r,
    list(r),
    len(r),
    r[2],
    r[-1],
    r[1:4],
    r[::-1],
    9 in r,
    10 in r,
    9.0 in r,
    "a" in r,
    r.index(9),
    r.count(9),
    r.start,
    r.stop,
    r.step,
)
print(
    range(5) == range(0, 5, 1),
    range(0) == range(5, 5),
    range(0, 3, 2) == range(0, 4, 2),
    hash(range(3)) == hash(range(0, 3)),
    list(range(5, 0, -2)),
    list(range(0, -5)),
    repr(range(1, 2)),
    bool(range(0)),
)
print(
    range(10**30)[-1],
    len(range(0, 10**10, 7)),
    range(-(10**20), 10**20)[5],
    list(reversed(range(4))),
    max(range(10)),
    sum(range(101)),
    range(3).__reduce__()[1],
)
for bad in (
    "range(1.0)",
    "range(0, 1, 0)",
    "range()",
    "range(1, 2, 3, 4)",
    "r[100]",
    "r['a']",
    "r.index(10)",
    "len(range(10**30))",
    "r[0] = 1",
    "range('a')",
    "range(start=1)",
    "iter(range(3)).x",
):
    try:
        exec(bad)
        print(bad, "fine")
    except Exception as e:
        print(bad, type(e).__name__, e)
i = iter(range(10**18, 10**18 + 3))
print(next(i), i.__length_hint__(), list(i), list(iter(range(2**70, 2**70 + 2))))
