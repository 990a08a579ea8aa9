class Meta(type):
    def __repr__(cls):
        return f"<class-object {cls.__name__}>"

    def __len__(cls):
        return 7

    def __iter__(cls):
        return iter("abc")

    def __getitem__(cls, k):
        return f"{cls.__name__}[{k}]"

    def __contains__(cls, x):
        return x == "in"

    def __add__(cls, o):
        return "added"

    def __getattr__(cls, n):
        return f"meta {n}"

    def __setattr__(cls, n, v):
        print("set", n)
        super().__setattr__(n, v)

    def __instancecheck__(cls, o):
        return o == "inst"

    def __subclasscheck__(cls, o):
        return o is int

    def __bool__(cls):
        return False

    def __eq__(cls, o):
        return o == "eq" or cls is o

    def __hash__(cls):
        return 1

    def __dir__(cls):
        return ["z", "a"]

    @property
    def prop(cls):
        return "metaprop " + cls.__name__

    def meth(cls):
        return "metameth"

    def mro(cls):
        return [cls, object]


class A(metaclass=Meta):
    x = 1


print(
    A,
    len(A),
    list(A),
    A[1],
    "in" in A,
    A + 1,
    A.dynamic,
    isinstance("inst", A),
    isinstance(5, A),
    issubclass(int, A),
    bool(A),
    A == "eq",
    A.prop,
    A.meth(),
    dir(A),
    hash(A),
)
A.y = 5
print(A.y, A().x, hasattr(A(), "meth"), hasattr(A(), "prop"), A.__class__, type(A()))
try:
    A().dynamic
except AttributeError as e:
    print(e)


class Calls(type):
    def __call__(cls, *a, **k):
        return ("intercepted", cls.__name__, a, k)


class B(metaclass=Calls):
    pass


print(B(1, z=2))


class Abstract(type):
    def __new__(m, name, bases, ns):
        if name.startswith("Bad"):
            raise TypeError(f"refused {name}")
        return super().__new__(m, name, bases, {k: v for k, v in ns.items() if k != "drop"})


class Good(metaclass=Abstract):
    drop = keep = 1


print(hasattr(Good, "drop"), Good.keep)
try:

    class BadOne(Good):
        pass
except TypeError as e:
    print(e)


class BadMro(type):
    def mro(cls):
        return [1, 2]


try:

    class Q(metaclass=BadMro):
        pass
except TypeError as e:
    print(e)
