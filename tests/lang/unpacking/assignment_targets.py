a, b = 1, 2
a, b = b, a
(c, [d, e]), f = (1, (2, 3)), "x"
*g, h = range(4)
i, *j, k = "hello"
[l, *m] = (1,)
print(a, b, c, d, e, f, g, h, i, j, k, l, m)
x = y = z = []
x.append(1)
print(y, z is x)
data = {}
data["k"], data["l"] = 1, 2


class O:
    pass


o = O()
o.a, (o.b, *o.c) = 1, (2, 3, 4)
print(data, vars(o))
n = [0, 0]
idx = 0
idx, n[idx] = 1, 5
print(idx, n)
for bad in (
    "a, b = 1",
    "a, b = 1,",
    "a, b = 1, 2, 3",
    "a, *b, c = 1,",
    "a, b = {}",
    "*a, = 5",
    "a, b = 'x'",
    "(a, b), c = 1, 2",
    "a, b, c = [1, 2]",
    "a, b = {1: 2, 3: 4, 5: 6}",
    "a, = iter([])",
    "a, b = iter([1, 2, 3])",
):
    try:
        exec(bad)
        print(bad, a, b)
    except Exception as ex:
        print(bad, type(ex).__name__, ex)
for first, *rest in [(1, 2, 3), "ab", [9]]:
    print(first, rest)
