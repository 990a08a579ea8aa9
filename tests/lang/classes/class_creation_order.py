class Meta(type):
    @classmethod
    def __prepare__(mcs, name, bases, **kw):
        print("prepare", name, [b.__name__ for b in bases], kw)
        return {"injected": 1}

    def __new__(mcs, name, bases, ns, **kw):
        print("new", name, sorted(k for k in ns if not k.startswith("__")), kw)
        return super().__new__(mcs, name, bases, ns)

    def __init__(cls, name, bases, ns, **kw):
        print("init", name)
        super().__init__(name, bases, ns)

    def __call__(cls, *a):
        print("call", cls.__name__, a)
        return super().__call__(*a)


class A(metaclass=Meta, opt=1):
    print("body", injected)
    v = 2


class B(A):
    pass


A()
print(type(A).__name__, A.injected, isinstance(A, Meta), B.v, type(B) is Meta)
C = Meta("C", (A,), {"w": 1})
print(C.w)


class Other(type):
    pass


class D(metaclass=Other):
    pass


try:

    class E(A, D):
        pass
except TypeError as e:
    print(e)


def func_meta(name, bases, ns, **kw):
    return (name, bases, sorted(k for k in ns if k[0] != "_"), kw)


class F(int, metaclass=func_meta, z=3):
    q = 1


print(F)


class Entries:
    def __mro_entries__(self, bases):
        return (int,)


class H(Entries()):
    pass


print(H.__bases__, H.__orig_bases__[0].__class__.__name__, H(5) + 1)
try:
    type("T", (Entries(),), {})
except TypeError as e:
    print(e)
import types

print(
    types.new_class("N", (Entries(),), {}, lambda ns: ns.update(k=1)).k,
    types.resolve_bases((Entries(), str)),
    types.prepare_class("Q", (A,))[0].__name__,
)
