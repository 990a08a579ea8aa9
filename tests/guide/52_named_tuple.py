from typing import NamedTuple


class DataSample(NamedTuple):
    """A sample."""

    features: tuple
    label: int
    sample_id: str = "none"

    def describe(self) -> str:
        return f"{self.sample_id}: {self.label}"

    @property
    def size(self) -> int:
        return len(self.features)


sample = DataSample(features=(1.0, 2.0, 3.0), label=1, sample_id="sample_001")
print(sample, sample.features, sample[0], sample[-1], sample.describe(), sample.size, len(sample))
features, label, sid = sample
print(
    features,
    label,
    sid,
    DataSample((), 0),
    sample._replace(label=5),
    sample._asdict(),
    DataSample._fields,
    DataSample._field_defaults,
)
for bad in (
    lambda: setattr(sample, "label", 2),
    lambda: DataSample(),
    lambda: DataSample(1, 2, 3, 4),
    lambda: sample[5],
    lambda: sample._replace(nope=1),
    lambda: setattr(sample, "new", 1),
):
    try:
        bad()
    except (AttributeError, TypeError, IndexError, ValueError) as e:
        print(type(e).__name__, e)
print(
    sample == ((1.0, 2.0, 3.0), 1, "sample_001"),
    hash(sample) == hash(tuple(sample)),
    isinstance(sample, tuple),
    sorted([DataSample((), 2), DataSample((), 1)]),
    DataSample.__doc__,
    DataSample.__annotations__,
    DataSample.__orig_bases__[0].__name__,
)
samples = [DataSample((i,), i % 3, f"s{i}") for i in range(1000)]
print(sum(s.label for s in samples), max(samples, key=lambda s: s.features).sample_id)
match sample:
    case DataSample((a, *_), label=1):
        print("matched", a)


class Pair[T](NamedTuple):
    left: T
    right: T


print(Pair(1, 2), Pair[int](3, 4).left, Pair._make("ab"))
