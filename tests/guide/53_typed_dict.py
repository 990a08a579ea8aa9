from typing import NotRequired, ReadOnly, Required, TypedDict, get_type_hints, is_typeddict


class TrainingMetrics(TypedDict):
    loss: float
    accuracy: float
    epoch: int
    note: NotRequired[str]


class Extended(TrainingMetrics, total=False):
    lr: float
    seed: Required[int]
    run: ReadOnly[str]


def log_metrics(metrics: TrainingMetrics) -> None:
    print(f"Epoch {metrics['epoch']}: Loss={metrics['loss']:.4f}, Acc={metrics['accuracy']:.4f}")


metrics: TrainingMetrics = {"loss": 0.25, "accuracy": 0.92, "epoch": 10}
log_metrics(metrics)
log_metrics(TrainingMetrics(loss=1, accuracy=0, epoch=0))
print(
    type(TrainingMetrics(loss=1)),
    TrainingMetrics.__required_keys__ == {"loss", "accuracy", "epoch"},
    TrainingMetrics.__optional_keys__,
    sorted(Extended.__required_keys__),
    sorted(Extended.__optional_keys__),
    Extended.__total__,
    Extended.__readonly_keys__,
    is_typeddict(Extended),
)
print(get_type_hints(Extended), get_type_hints(TrainingMetrics, include_extras=True)["note"])
Alt = TypedDict("Alt", {"in": int, "not-an-identifier": str})
print(Alt.__annotations__, Alt({"in": 1}), Extended.__orig_bases__, Extended.__mro__)
for bad in (
    lambda: isinstance({}, TrainingMetrics),
    lambda: log_metrics({"loss": 1}),
    lambda: type("X", (TrainingMetrics, int), {}),
    lambda: TypedDict("X"),
):
    try:
        bad()
    except Exception as e:
        print(type(e).__name__, e)


class Box[T](TypedDict):
    item: T


print(Box[int](item=1), Box.__type_params__)
