"""classmethod and staticmethod take what they wrap in __init__; __dict__ follows the builtin base; mro() of its own."""
import functools


def attempt(action):
    try:
        return action()
    except Exception as error:
        return type(error).__name__, str(error)


class Lazy(staticmethod):
    def __init__(self, function):
        pass


class LazyClass(classmethod):
    def __init__(self, function):
        pass


for wrapper in Lazy(len), LazyClass(len), staticmethod.__new__(staticmethod, 1, 2, x=3), classmethod.__new__(classmethod):
    print(wrapper, wrapper.__func__, wrapper.__wrapped__, wrapper.__isabstractmethod__)
    print(attempt(lambda: wrapper.__annotations__), attempt(lambda: wrapper.__init__()), attempt(lambda: wrapper.__init__(x=1)))
print(attempt(lambda: Lazy(len)()), Lazy(len).__get__(1))


class Used:
    first = staticmethod(lambda: "one")
    second = classmethod(lambda cls: "one")
    third = staticmethod.__new__(staticmethod)


def ask(holder):
    return holder.first(), holder.second(), attempt(lambda: holder.third())


print({ask(Used) for _ in range(50)}, {ask(Used()) for _ in range(50)})
for name in "first", "second", "third":
    Used.__dict__[name].__init__(lambda *args: "two")
print({ask(Used) for _ in range(50)}, {ask(Used()) for _ in range(50)})


class Base:
    pass


class Meta(Base, type):
    pass


class MyError(Base, Exception):
    pass


class MyPartial(Base, functools.partial):
    pass


class Cls(metaclass=Meta):
    pass


def delete(holder):
    del holder.__dict__


def assign(holder, value):
    holder.__dict__ = value


setter = Base.__dict__["__dict__"]
print(type(Cls.__dict__), attempt(lambda: assign(Cls, {})), attempt(lambda: delete(Cls)), attempt(lambda: setter.__set__(Cls, {})))
error = MyError()
assign(error, {"a": 1})
print(error.a, attempt(lambda: delete(error)), error.__dict__, attempt(lambda: assign(error, 1)))
part = MyPartial(len)
assign(part, {"b": 2})
print(part.b, part.__dict__)
plain = Base()
delete(plain)
print(plain.__dict__)


class B:
    pass


def with_mro(order):
    class Meta(type):
        def mro(cls):
            return order

    class Made(metaclass=Meta):
        pass
    return Made


for order in (B,), (B, object), (), (object,), (1,):
    print(attempt(lambda: with_mro(order)))
