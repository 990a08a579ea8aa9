x = "outer"
print([x for x in range(3)], x, {x: x for x in "ab"}, {x for x in [1]}, list(x for x in "z"), x)


def f(n):
    fs = [lambda: i * n for i in range(3)]
    return [g() for g in fs]


print(f(10))
print([(i, j) for i in range(3) for j in range(i)], [[i * j for j in range(3)] for i in range(3)], [y := 5, y**2], y)
print([last := i for i in range(4)], last)


def walrus_inner():
    total = 0
    return [total := total + v for v in range(5)], total


print(walrus_inner())
try:
    [undefined_thing for _ in [1]]
except NameError as e:
    print(e)


class C:
    items = [1, 2]
    doubled = [i * 2 for i in items]


print(C.doubled)


def locs():
    a = 1
    return [sorted(locals()) for b in [1]], sorted(locals())


print(locs())
gen = (print("lazy", i) for i in [1, 2])
print("made")
next(gen)
try:
    (i for i in 5)
except TypeError as e:
    print(e)
print(
    [i for i in range(10) if i % 2 if i > 3],
    [a + b for a, b in zip([1, 2], [3, 4])],
    [*[i for i in range(2)]],
    {k: [v for v in range(k)] for k in range(3)},
)
print([[x for x in row] for row in [[1], [2, 3]]], [c for c in (lambda: "ab")()], sum(i * i for i in range(10)))
for source in (
    "[x := 1 for x in y]",
    "[i for i in (j := [1])]",
    "[*x for x in y]",
    "{**x for x in y}",
    "[i for i in 1, 2]",
    "(x for x in y) = 1",
    "[x, y for x in z]",
    "{a: b, c for c in d}",
):
    try:
        compile(source, "s", "exec")
        print("compiled", source)
    except SyntaxError as e:
        print(source, "|", e.msg)
