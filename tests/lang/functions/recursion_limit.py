import sys


def down(n):
    return 0 if n == 0 else 1 + down(n - 1)


print(down(900))


def forever(n):
    return forever(n + 1)


try:
    forever(0)
except RecursionError as e:
    print(e)
old = sys.getrecursionlimit()
print(old)
sys.setrecursionlimit(20000)
print(down(15000))
sys.setrecursionlimit(200)
try:
    down(500)
except RecursionError as e:
    print(type(e).__name__)
for bad in (0, -5, "x"):
    try:
        sys.setrecursionlimit(bad)
    except (ValueError, TypeError) as e:
        print(e)
sys.setrecursionlimit(1000)


def a(n):
    return b(n)


def b(n):
    return a(n)


try:
    a(1)
except RecursionError:
    print("mutual")


class R:
    def __repr__(self):
        return repr(self)

    def __eq__(self, o):
        return self == o

    def __getattr__(self, n):
        return getattr(self, n + "x")

    def __len__(self):
        return len(self)

    def __hash__(self):
        return hash(self)

    def __call__(self):
        return self()

    def __add__(self, o):
        return self + o

    def __bool__(self):
        return bool(self)

    def __iter__(self):
        return iter(self)


for f in (
    repr,
    lambda r: r == 1,
    lambda r: r.y,
    len,
    hash,
    lambda r: r(),
    lambda r: r + 1,
    bool,
    iter,
    lambda r: f"{r!r}",
    lambda r: [r] == [R()],
    lambda r: {r: 1},
):
    try:
        f(R())
    except RecursionError as e:
        print(type(e).__name__)


def gen(n):
    yield from gen(n + 1)


try:
    list(gen(0))
except RecursionError:
    print("generators too")
print(down(500))
