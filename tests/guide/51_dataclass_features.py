from dataclasses import FrozenInstanceError, asdict, astuple, dataclass, field, replace


@dataclass(frozen=True)
class Experiment:
    name: str
    accuracy: float
    tags: tuple = field(default_factory=tuple, hash=False)


@dataclass(order=True)
class ModelResult:
    accuracy: float
    model_name: str = field(compare=False)


@dataclass
class Nested:
    e: Experiment
    results: list[ModelResult]
    table: dict[str, ModelResult]


results = [ModelResult(0.85, "LogReg"), ModelResult(0.92, "RandomForest"), ModelResult(0.88, "SVM")]
print(
    sorted(results),
    max(results).model_name,
    ModelResult(1, "a") == ModelResult(1, "b"),
    ModelResult(1, "a") <= ModelResult(2, "a"),
)
e = Experiment("run", 0.9, ("x",))
try:
    e.accuracy = 1.0
except FrozenInstanceError as x:
    print(x)
print(hash(e) == hash(Experiment("run", 0.9)), {e: 1}[Experiment("run", 0.9, ("x",))], replace(e, accuracy=0.5))
n = Nested(e, results[:2], {"best": results[1]})
print(asdict(n), astuple(n), asdict(n, dict_factory=lambda kv: [k for k, _ in kv]), sep="\n")
print(asdict(n)["results"] is n.results)


@dataclass(slots=True, kw_only=True, repr=False)
class Slotted:
    a: int = 1
    b: str = "x"


print(Slotted(b="y").b, Slotted.__slots__, replace(Slotted(), a=9).a)
try:
    Slotted(1)
except TypeError as x:
    print(x)


@dataclass
class Base:
    a: int
    b: int = 2


@dataclass
class Derived(Base):
    b: int = 20
    c: int = field(default=3, repr=False, metadata={"unit": "m"})


print(Derived(1), Derived(1).c, Derived.__dataclass_fields__["c"].metadata["unit"], Derived(1, 2) == Base(1, 2))
