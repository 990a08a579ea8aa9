def first[T](xs: list[T]) -> T:
    return xs[0]


class Box[T, *Ts, **P]:
    item: T

    def get[U](self, u: U) -> T | U:
        return u


class Bound[T: int, U: (str, bytes) = str]:
    pass


type Alias[K] = dict[K, list[K]]
type Simple = int | None
type Rec = list[Rec]
print(
    first.__type_params__,
    Box.__type_params__,
    Box.__parameters__,
    Box.__orig_bases__,
    Box[int, str, [bool]],
    first([1]),
    Box.get.__type_params__,
)
T, U = Bound.__type_params__
print(
    T.__bound__,
    U.__constraints__,
    U.__default__,
    T.__name__,
    repr(T),
    T.has_default(),
    T.__infer_variance__,
    type(T).__name__,
)
print(
    Alias,
    Alias.__value__,
    Alias.__type_params__,
    Alias[int],
    Alias[int].__args__,
    Alias[int].__origin__ is Alias,
    Simple.__value__,
    Rec.__value__,
    Alias.__name__,
    Alias.__module__,
)


class Child(Box[int, str, ...]):
    pass


print(Child.__orig_bases__, Child.__mro__[1].__name__, Box.__mro__[1].__name__)


def scope[A](x: A, default=5):
    return A


print(type(scope(1)).__name__, scope.__annotations__["x"] is scope(1), scope.__defaults__)


class Outer[T]:
    class Inner:
        v = T

    def m(self):
        return T


print(Outer.Inner.v is Outer.__type_params__[0], Outer().m())


def lazy[X: undefined_bound]():
    pass


try:
    lazy.__type_params__[0].__bound__
except NameError as e:
    print(e)
type Lazy = undefined_value
try:
    Lazy.__value__
except NameError as e:
    print(e)
for bad in (
    "def f[T, T](): pass",
    "class A[T=int, U]: pass",
    "def f[T: (yield)](): pass",
    "type X = (yield)",
    "type X[T] = (a := 1)",
    "class A[T: int = str, *Ts = [int], **P = [str]]: pass",
    "def f[](): pass",
    "type X.y = int",
    "class A[*Ts: int]: pass",
    "def f[T]():\n nonlocal T",
    "class B[T](metaclass=(yield)): pass",
    "type f() = 1",
    "def f[T](x=(T := 1)): pass",
    "def f[x := 1](): pass",
):
    try:
        compile(bad, "s", "exec")
        print("OK", bad)
    except SyntaxError as e:
        print(bad, "|", e.msg)
for bad in (
    lambda: Box[1, 2].__args__,
    lambda: Alias[int, str],
    lambda: Simple[int],
    lambda: isinstance(1, Simple),
    lambda: Bound[int, str, int],
    lambda: Alias(),
):
    try:
        print(bad())
    except TypeError as e:
        print(e)
