class A:
    __secret = 1
    _single = 2
    __dunder__ = 3

    def __method(self):
        return self.__secret

    def call(self):
        return self.__method(), self._single

    def set(self):
        self.__x = 5
        return vars(self)

    def kw(self, __arg=1):
        return __arg

    def loc(self):
        __v = 1
        return locals().keys() - {"self"}

    class __Inner:
        pass

    def imp(self):
        import os as __os

        return "_A__os" in locals()

    def glob(self):
        global __g
        __g = 7

    def s(self):
        return "__secret", f"{self.__secret}"


a = A()
print(
    a.call(),
    a.set(),
    A._A__secret,
    a._A__method(),
    hasattr(a, "__secret"),
    A.__dunder__,
    a.kw(_A__arg=2),
    a.loc(),
    A._A__Inner.__name__,
    a.imp(),
    a.s(),
)
a.glob()
print(_A__g)


class B(A):
    __secret = "B"

    def get(self):
        return self.__secret, self._A__secret


print(B().get(), B().call())


class _C:
    __v = 1


print(_C._C__v)


class ___:
    __v = 1


print(___.__dict__["__v"])
try:
    a.__nope
except AttributeError as e:
    print(e)
