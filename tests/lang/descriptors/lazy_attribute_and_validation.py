class Lazy:
    def __init__(self, fn):
        self.fn, self.name = fn, fn.__name__

    def __get__(self, obj, cls):
        if obj is None:
            return self
        value = obj.__dict__[self.name] = self.fn(obj)
        return value


class Typed:
    def __init__(self, kind, check=lambda v: True):
        self.kind, self.check = kind, check

    def __set_name__(self, owner, name):
        self.name = "_" + name

    def __get__(self, obj, cls):
        return getattr(obj, self.name)

    def __set__(self, obj, value):
        if not isinstance(value, self.kind):
            raise TypeError(f"{self.name[1:]} must be {self.kind.__name__}, not {type(value).__name__}")
        if not self.check(value):
            raise ValueError(f"{value} out of range")
        setattr(obj, self.name, value)


class Account:
    balance = Typed(int, lambda v: v >= 0)
    owner = Typed(str)

    def __init__(self, owner, balance):
        self.owner, self.balance = owner, balance

    @Lazy
    def report(self):
        print("computing")
        return f"{self.owner}: {self.balance}"


a = Account("ann", 10)
print(a.report, a.report, vars(a))
a.balance += 5
print(a.balance, a.report)
for f in (lambda: Account("bob", -1), lambda: Account(1, 1), lambda: setattr(a, "balance", "x")):
    try:
        f()
    except (TypeError, ValueError) as e:
        print(e)
