from enum import Enum, Flag, IntEnum, IntFlag, StrEnum, auto, member, nonmember, unique, verify, UNIQUE, CONTINUOUS


class Color(Enum):
    RED = 1
    GREEN = 2
    CRIMSON = 1

    @property
    def nice(self):
        return self.name.lower()

    def __str__(self):
        return f"<{self.name}>"


print(
    Color.RED,
    repr(Color.RED),
    Color(1),
    Color["GREEN"],
    Color.CRIMSON is Color.RED,
    list(Color),
    len(Color),
    Color.RED.nice,
    Color.RED.value,
    list(Color.__members__),
    Color.RED in Color,
    1 in Color,
    9 in Color,
    Color.RED == 1,
    isinstance(Color.RED, Color),
    {Color.RED: 1}[Color.CRIMSON],
    type(Color).__name__,
)


class Num(IntEnum):
    A = auto()
    B = auto()
    C = 10
    D = auto()


print(
    list(Num),
    Num.A + 1,
    Num.B > Num.A,
    f"{Num.A}",
    sorted([Num.C, Num.A]),
    [10, 20, 30][Num.A],
    Num.D.value,
    Num(2),
    int(Num.C),
)


class S(StrEnum):
    X = auto()
    Y = "why"


print(S.X, S.Y.upper(), S("why"), repr(S.X), S.X == "x")


class F(Flag):
    R = auto()
    W = auto()
    X = auto()
    RW = R | W


print(
    F.R | F.X,
    F.RW,
    ~F.R,
    F.R in F.RW,
    F(5),
    F(0),
    bool(F(0)),
    list(F.RW),
    repr(F.R | F.W | F.X),
    F.R & F.W,
    F.RW ^ F.R,
    len(F.RW),
)


class IF(IntFlag):
    A = 1
    B = 4


print(IF.A | 2, IF(7), IF.A + 1, repr(IF.A | IF.B))


class Planet(Enum):
    EARTH = (5.97e24, 6.37e6)
    MARS = (6.4e23, 3.39e6)

    def __init__(self, mass, radius):
        self.mass, self.radius = mass, radius

    @classmethod
    def heavy(cls):
        return max(cls, key=lambda p: p.mass)


print(Planet.heavy(), Planet.MARS.radius)


class Opt(Enum):
    A = 1
    helper = nonmember(5)

    @member
    class Inner:
        pass

    @classmethod
    def _missing_(cls, v):
        return cls.A if v == "a" else None


print(Opt("a"), Opt.helper, list(Opt))
for bad in (
    "Color(9)",
    "Color['BLUE']",
    "Color.RED = 5",
    "Color.BLUE",
    "class Sub(Color): pass",
    "Opt('zz')",
    "F(64)",
    "del Color.RED",
    "@unique\nclass U(Enum):\n A = 1\n B = 1",
    "class D(Enum):\n A = 1\n A = 2",
    "Color.RED.value = 3",
    "Color.RED < Color.GREEN",
    "@verify(CONTINUOUS)\nclass C2(IntEnum):\n A = 1\n B = 3",
    "Color()",
    "S(5)",
):
    try:
        exec(bad)
        print("fine", bad)
    except Exception as e:
        print(repr(bad), "|", type(e).__name__, e)
Fn = Enum("Fn", "A B C", start=5)
print(list(Fn), Enum("E2", {"x": 1})(1), IntEnum("E3", [("p", 3)]).p)


class Auto(Enum):
    @staticmethod
    def _generate_next_value_(name, start, count, last):
        return name * 2

    AB = auto()


print(Auto.AB.value, Auto.__doc__, "")
import pickle, copy

print(pickle.loads(pickle.dumps(Color.GREEN)) is Color.GREEN, copy.deepcopy(Color.RED) is Color.RED)
