import inspect
from collections.abc import Iterable, Mapping, Sequence
from numbers import Number


class Model:
    """A model."""

    def __init__(self, a: int, *, b: str = "x"):
        self.a = a

    def fit(self, X, y=None, *, sample_weight: list | None = None) -> "Model":
        """Fit it."""
        return self

    def predict(self, X): ...

    @property
    def prop(self):
        return 1


model = Model(1)
print(type(model), isinstance(model, Model), isinstance(model, (int, Model)), issubclass(Model, object))
print(
    inspect.signature(model.fit),
    inspect.signature(Model),
    inspect.signature(Model.fit).parameters["sample_weight"].kind.description,
)
print(
    [name for name, _ in inspect.getmembers(model, inspect.ismethod)],
    [n for n, _ in inspect.getmembers(Model, lambda v: isinstance(v, property))],
)
print(
    callable(model.fit),
    callable(model),
    inspect.isclass(Model),
    inspect.isfunction(Model.fit),
    inspect.ismethod(model.fit),
)
print(
    inspect.getdoc(Model.fit),
    inspect.getsource(Model.predict).strip(),
    inspect.getsourcelines(Model.fit)[1],
    inspect.getfile(Model).rsplit("/", 1)[-1],
)
for value in ([1], (1,), "s", {"a": 1}, {1}, 5, 2.5, None, range(3), b"b", iter([])):
    print(type(value).__name__, [c.__name__ for c in (Sequence, Mapping, Iterable, Number) if isinstance(value, c)])
b = inspect.signature(model.fit).bind([1], sample_weight=[2])
b.apply_defaults()
print(b.arguments)
try:
    inspect.signature(model.fit).bind()
except TypeError as e:
    print(e)
