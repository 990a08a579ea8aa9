class Base:
    def __init__(self, name):
        self.name = name

    def __add__(self, other):
        print("Base.__add__", self.name)
        return NotImplemented

    def __radd__(self, other):
        print("Base.__radd__", self.name)
        return "radd"


class Derived(Base):
    def __radd__(self, other):
        print("Derived.__radd__", self.name)
        return "derived"


class Same(Base):
    pass


print(Base("a") + Derived("b"))
print("skip")
print(1 + Base("c"))
try:
    Base("a") + Base("b")
except TypeError as e:
    print(e)
print(Base("a") + Same("b"))


class InPlace:
    def __init__(self):
        self.log = []

    def __iadd__(self, other):
        self.log.append(other)
        return self

    def __isub__(self, other):
        return NotImplemented

    def __sub__(self, other):
        return ("sub", other)


x = y = InPlace()
x += 1
x += 2
print(x is y, x.log)
x -= 5
print(x, type(y).__name__)
