from typing import Generic, List, Protocol, TypeVar, runtime_checkable

T = TypeVar("T")
N = TypeVar("N", int, float)


class DataLoader(Generic[T]):
    def __init__(self, items: List[T]) -> None:
        self.items = items

    def load(self) -> List[T]:
        return list(self.items)


@runtime_checkable
class Trainable(Protocol):
    trained: bool

    def fit(self, X: list, y: list) -> None: ...
    def predict(self, X: list) -> list: ...


class Mean:
    trained = False

    def fit(self, X, y):
        self.mean = sum(y) / len(y)
        self.trained = True

    def predict(self, X):
        return [self.mean for _ in X]


class NotAModel:
    def fit(self, X, y):
        pass


def train_model(model: Trainable, X: list, y: list) -> list:
    model.fit(X, y)
    return model.predict(X)


loader = DataLoader[int]([1, 2, 3])
print(loader.load(), loader.__orig_class__, DataLoader.__parameters__, DataLoader[T][str])
print(train_model(Mean(), [[0], [1]], [2, 4]), isinstance(Mean(), Trainable), isinstance(NotAModel(), Trainable))


class Stack[U]:
    def __init__(self) -> None:
        self._items: list[U] = []

    def push(self, item: U) -> None:
        self._items.append(item)

    def pop(self) -> U:
        return self._items.pop()


s = Stack[str]()
s.push("a")
print(s.pop(), Stack.__type_params__, Stack[int].__args__, issubclass(Stack, Generic))
try:
    issubclass(Mean, Trainable)
except TypeError as e:
    print(e)
try:
    Trainable()
except TypeError as e:
    print(e)


class Closer(Protocol):
    def close(self) -> None: ...


try:
    isinstance(1, Closer)
except TypeError as e:
    print(e)


class Impl(Closer):
    pass


print(Impl().close(), Closer in Impl.__mro__, Closer._is_protocol, Impl._is_protocol)
