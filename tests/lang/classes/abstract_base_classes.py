from abc import ABC, ABCMeta, abstractmethod


class Shape(ABC):
    @abstractmethod
    def area(self): ...
    @property
    @abstractmethod
    def name(self): ...
    @classmethod
    @abstractmethod
    def make(cls): ...
    def describe(self):
        return f"{self.name} {self.area()}"


class Half(Shape):
    def area(self):
        return 1


class Full(Half):
    name = "full"

    @classmethod
    def make(cls):
        return cls()


for c in (Shape, Half):
    try:
        c()
    except TypeError as e:
        print(e)
print(
    Full.make().describe(), sorted(Half.__abstractmethods__), Full.__abstractmethods__, Shape.area.__isabstractmethod__
)


class One(ABC):
    @abstractmethod
    def only(self): ...


try:
    One()
except TypeError as e:
    print(e)


@Shape.register
class Virtual:
    pass


print(isinstance(Virtual(), Shape), issubclass(Virtual, Shape), Shape in Virtual.__mro__)


class Quack(metaclass=ABCMeta):
    @classmethod
    def __subclasshook__(cls, C):
        if cls is Quack:
            return any("quack" in k.__dict__ for k in C.__mro__) or NotImplemented
        return NotImplemented


class Duck:
    def quack(self):
        pass


print(issubclass(Duck, Quack), isinstance(Duck(), Quack), issubclass(int, Quack))
from collections.abc import Callable, Hashable, Iterable, Iterator, Sized, Sequence, Awaitable, Buffer

print(
    [
        issubclass(t, a)
        for t in (list, dict, str, type(iter([])), type(len), bytes)
        for a in (Hashable, Iterable, Iterator, Sized, Sequence, Callable, Buffer)
    ]
)
try:
    Shape.register(5)
except TypeError as e:
    print(e)


class Cyc(ABC):
    pass


class Cyc2(Cyc):
    pass


try:
    Cyc2.register(Cyc)
except RuntimeError as e:
    print(e)
