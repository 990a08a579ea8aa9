t = (1, 2, (3, [4]))
print(
    t,
    t[0],
    t[-1][1],
    t[::2],
    t + (5,),
    t * 2,
    (),
    (1,),
    len(t),
    2 in t,
    t.index(2),
    t.count(1),
    tuple("ab"),
    tuple(),
    tuple([1, 2]),
    hash((1, 2)) == hash((1, 2)),
)
print((1, 2) == (1, 2.0), (1, 2) < (1, 2, 3), (1, [2]) == (1, [2]), () < (0,), 1, *t, (*"ab",), t.__getnewargs__())
for bad in (
    "t[0] = 1",
    "del t[0]",
    "t[9]",
    "hash(t)",
    "t + [1]",
    "t.index(99)",
    "t['a']",
    "tuple(1)",
    "t * t",
    "(1).__x__",
    "t.append(1)",
    "t < 1",
):
    try:
        exec(bad)
        print(bad, "fine")
    except Exception as e:
        print(bad, type(e).__name__, e)
t[2][1].append(5)
print(t)
try:
    t[2][1] += [6]
except TypeError as e:
    print(e, t)
a = ()
print(a is (), tuple(t) is t, t[:] is t, (x for x in t).__class__.__name__)


class T(tuple):
    def __new__(cls, *args):
        return super().__new__(cls, args)


print(T(1, 2), type(T(1) + T(2)), repr(T()), T(1, 2) == (1, 2), {T(1): "k"}[(1,)])
