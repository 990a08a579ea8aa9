from dataclasses import (
    KW_ONLY,
    FrozenInstanceError,
    InitVar,
    asdict,
    astuple,
    dataclass,
    field,
    fields,
    is_dataclass,
    make_dataclass,
    replace,
)
from typing import ClassVar


@dataclass
class P:
    x: int
    y: int = 2
    tags: list = field(default_factory=list, repr=False, compare=False)
    count: ClassVar[int] = 0


p = P(1)
print(
    p,
    P(1) == P(1, 2, [5]),
    P(1) == (1, 2),
    p.tags,
    [f.name for f in fields(P)],
    asdict(p),
    astuple(p),
    replace(p, y=9),
    is_dataclass(P),
    P.__match_args__,
)


@dataclass(order=True, frozen=True)
class V:
    a: int
    b: str = field(default="z", compare=False)


v = V(1)
print(v < V(2), sorted([V(3), V(1)]), hash(v) == hash(V(1, "q")), {v: 1}[V(1)])
for f in (lambda: setattr(v, "a", 2), lambda: delattr(v, "a")):
    try:
        f()
    except FrozenInstanceError as e:
        print(e)


@dataclass(slots=True, kw_only=True)
class S:
    a: int
    b: int = 1


print(S(a=5), S.__slots__, hasattr(S(a=1), "__dict__"))


@dataclass
class I:
    v: InitVar[int]
    w: int = field(init=False)
    _: KW_ONLY
    k: int = 7

    def __post_init__(self, v):
        self.w = v * 2


print(I(4), I(4, k=1), asdict(I(1)))


@dataclass
class Child(P):
    z: int = 3


print(Child(1, z=5), Child(1) == P(1))
M = make_dataclass("M", [("a", int), ("b", str, field(default="s"))], namespace={"hi": lambda self: self.a})
print(M(3), M(3).hi())
for bad in (
    "@dataclass\nclass X:\n a: int = 1\n b: int",
    "@dataclass\nclass X:\n a: list = []",
    "P()",
    "S(5)",
    "asdict(5)",
    "replace(I(1), w=1)",
    "@dataclass(order=True, eq=False)\nclass X: pass",
    "P(1, 2, [], 4)",
    "@dataclass(frozen=True)\nclass X(P): pass",
    "V(1) < 5",
    "hash(p)",
):
    try:
        exec(bad)
        print("fine", bad)
    except Exception as e:
        print(repr(bad), "|", type(e).__name__, e)


@dataclass(repr=False, eq=False, init=False)
class Bare:
    x: int = 5


print(Bare().x, Bare() == Bare(), "object" in repr(Bare()))


@dataclass
class Node:
    v: int
    next: "Node" = None


n = Node(1)
n.next = n
print(n)
