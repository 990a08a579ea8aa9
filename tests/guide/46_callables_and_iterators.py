from collections.abc import Callable, Iterator, Sequence
from typing import ParamSpec, TypeVar, get_type_hints

T = TypeVar("T")
P = ParamSpec("P")


def transform(values: Sequence[float]) -> list[float]:
    return [v**2 for v in values]


def apply(data: T, f: Callable[[T], T]) -> T:
    return f(data)


def batches(data: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for i in range(0, len(data), size):
        yield data[i : i + size]


def logged(f: Callable[P, T]) -> Callable[P, T]:
    def inner(*args: P.args, **kwargs: P.kwargs) -> T:
        print("call", f.__name__, args, kwargs)
        return f(*args, **kwargs)

    return inner


print(apply([1.0, 2.0], transform), list(batches(range(7), 3)), list(batches("abcde", 2)))
print(logged(transform)(values=[3]), get_type_hints(apply), get_type_hints(batches)["return"])
print(Callable[[int, str], bool], Callable[..., int].__args__, Callable[P, T].__parameters__, P.args, P.kwargs)
