# One place in the code that sees attributes of many classes, which change while it runs.


class A:
    kind = "A"

    def __init__(self, x):
        self.x = x

    def name(self):
        return "A.name"

    @classmethod
    def made(cls):
        return cls.__name__

    @staticmethod
    def plain():
        return "static"


class B(A):
    kind = "B"

    def name(self):
        return "B.name"


class C(A):
    def __init__(self, x):
        self.first = 0
        self.x = x


class D:
    __slots__ = ("x", "y")
    kind = "D"

    def __init__(self, x):
        self.x = x

    def name(self):
        return "D.name"

    made = classmethod(lambda cls: "D made")
    plain = staticmethod(lambda: "D static")


class E(A):
    @property
    def x(self):
        return ("property", self._x)

    @x.setter
    def x(self, value):
        self._x = value


class F(A):
    def __getattr__(self, name):
        return "missing " + name


class G(A):
    def __setattr__(self, name, value):
        object.__setattr__(self, name, [value])


classes = [A, B, C, D, E, F, G]


def read(o):
    return o.x, o.kind, o.name(), o.made(), o.plain()


def write(o, value):
    o.x = value


objects = [cls(i) for i, cls in enumerate(classes)]
for _ in range(12):
    for o in objects:
        write(o, _)
        read(o)
for o in objects:
    print(read(o))
# Instances that differ from their class.
objects[0].name = lambda: "own name"
objects[1].kind = "own kind"
objects[2].__dict__["name"] = lambda: "from the dict"
for o in objects[:3]:
    print(read(o))
for o in objects:
    write(o, "new")
print([o.x for o in objects], vars(objects[2])["x"])
# Classes that change.
A.name = lambda self: "changed"
B.kind = property(lambda self: "now a property")
D.name = "no method"
for o in objects:
    try:
        print(read(o))
    except TypeError as error:
        print(error)
del objects[0].x
try:
    read(objects[0])
except AttributeError as error:
    print(error)
print(objects[5].__class__, objects[5].y)
objects[0].__class__ = B
write(objects[0], 7)
print(objects[0].x, sorted(objects[0].__dict__))


def many(n):
    made = [type(f"T{i}", (A,), {"kind": i}) for i in range(n)]
    return [cls(i) for i, cls in enumerate(made)]


total = 0
for _ in range(20):
    for o in many(3) + many(6):
        o.x += 1
        total += o.x + o.kind
print(total)


# Callable classes and metaclasses with a __call__ in Python.
class Meta(type):
    def __call__(cls, *args, extra=1, **more):
        made = super().__call__(*args)
        made.extra = extra, sorted(more.items())
        return made


class Made(metaclass=Meta):
    def __init__(self, *args):
        self.args = args


class Callable:
    def __call__(self, a, b=2, *, c=3):
        return a, b, c


class Bad:
    __call__ = 5


for _ in range(6):
    made = Made(1, 2, extra=3, other=4)
    answer = Callable()(1), Callable()(1, c=5), Callable()(b=7, a=8)
print(made.args, made.extra, Made().extra, answer)
for call in (lambda: Callable()(), lambda: Bad()(), lambda: Callable()(1, d=4)):
    try:
        call()
    except TypeError as error:
        print(error)
items = []
append = items.append
for i in range(10):
    append(i)
print(items, append(1), [].append.__self__)
