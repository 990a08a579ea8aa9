def f(*a, **k):
    return len(a), len(k)


print(
    f(*range(1000)),
    f(**{f"k{i}": i for i in range(500)}),
    eval("f(" + ", ".join(str(i) for i in range(300)) + ")"),
    eval("f(" + ", ".join(f"a{i}={i}" for i in range(300)) + ")"),
)
ns = {}
exec("def g(" + ", ".join(f"p{i}={i}" for i in range(300)) + "): return " + " + ".join(f"p{i}" for i in range(300)), ns)
print(ns["g"](), ns["g"](p5=1000), ns["g"](*range(300)))
try:
    ns["g"](*range(301))
except TypeError as e:
    print(e)
exec("def h(" + ", ".join(f"q{i}" for i in range(50)) + "): pass", ns)
try:
    ns["h"]()
except TypeError as e:
    print(len(str(e)), str(e)[:60], str(e)[-20:])
exec(
    "x = ["
    + ", ".join(str(i) for i in range(5000))
    + "]\nd = {"
    + ", ".join(f"{i}: {i}" for i in range(3000))
    + "}\nt = ("
    + ",".join(["1"] * 2000)
    + ")",
    ns,
)
print(len(ns["x"]), len(ns["d"]), sum(ns["t"]))
exec(
    "def big():\n"
    + "".join(f"  v{i} = {i}\n" for i in range(1000))
    + "  return "
    + "+".join(f"v{i}" for i in range(1000)),
    ns,
)
print(ns["big"](), ns["big"].__code__.co_nlocals)
exec(
    "def jumps(n):\n while n:\n"
    + "".join(f"  if n == {-i - 1}: n = {i}\n" for i in range(600))
    + "  n -= 1\n return 'done'",
    ns,
)
print(ns["jumps"](3))
a, b, c, *d = f, 1, 2, 3
print(b, c, d)


def outer(a, b, c, d, e, f, g, h, i=9, *j, k, l=12, **m):
    return a + b + c + d + e + f + g + h + i + sum(j) + k + l + sum(m.values())


print(
    outer(1, 2, 3, 4, 5, 6, 7, 8, k=11),
    outer(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, k=1, l=2, n=3),
    outer(*range(8), **{"k": 0}),
)
