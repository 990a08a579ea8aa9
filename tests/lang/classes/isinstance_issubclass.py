class A:
    pass


class B(A):
    pass


print(
    isinstance(B(), A),
    isinstance(B(), (int, (str, A))),
    isinstance(1, int | str),
    isinstance(None, int | None),
    issubclass(B, A | int),
    issubclass(bool, (str, int)),
    isinstance(True, int),
    isinstance(1, object),
    isinstance(int, type),
)
for bad in (
    "isinstance(1, [int])",
    "isinstance(1, 'int')",
    "issubclass(1, int)",
    "issubclass(int, 1)",
    "isinstance(1, (int, 'x'))",
    "isinstance('a', (int, 'x'))",
    "isinstance(1, list[int])",
    "issubclass(int, list[int])",
    "isinstance(1, int | list[int])",
    "isinstance(1, ())",
    "issubclass(int, ())",
    "isinstance(1, None)",
    "issubclass(int, None)",
):
    try:
        print(bad, eval(bad))
    except TypeError as e:
        print(bad, "|", e)


class Fake:
    @property
    def __class__(self):
        return A


print(isinstance(Fake(), A), type(Fake()).__name__, isinstance(Fake(), Fake))


class Bases:
    __bases__ = (A,)


print("", isinstance(B(), A))


class Meta(type):
    def __instancecheck__(cls, x):
        print("check", x)
        return x > 5


class C(metaclass=Meta):
    pass


print(isinstance(10, C), isinstance(1, C), isinstance(C(), C), isinstance(7, (str, C)))
try:
    nested = int
    for _ in range(100000):
        nested = (nested, str)
    isinstance(1.0, nested)
    print("fine")
except RecursionError as e:
    print("RecursionError")
