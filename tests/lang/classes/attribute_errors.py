class A:
    __slots__ = ("x",)

    def m(self):
        pass


class B:
    pass


import types

m = types.ModuleType("modname")
for expr in (
    "A().nope",
    "A.nope",
    "A().x",
    "A().y",
    "(5).nope",
    "None.nope",
    "'s'.nope",
    "[].nope",
    "m.nope",
    "len.nope",
    "B().m.z",
    "type.nope",
    "int.nope",
    "(lambda: 0).nope",
    "super(B, B()).nope",
    "A().m.nope",
    "object().x",
    "(i for i in []).x",
    "NotImplemented.x",
    "Exception().x",
):
    try:
        eval(expr)
    except AttributeError as e:
        print(expr, "|", e, "|", e.name)
for stmt in (
    "A().y = 1",
    "A.m.z = 1",
    "(5).x = 1",
    "object().x = 1",
    "len.x = 1",
    "int.x = 1",
    "del A().x",
    "del A.nope",
    "del (5).x",
    "A().m.attr = 1",
    "None.x = 1",
    "del B().q",
    "A().__class__ = 5",
    "A().__class__ = B",
    "B.__bases__ = ()",
    "B().__dict__ = 1",
    "B.__name__ = 1",
    "del B.__name__",
    "type.x = 1",
    "A().__doc__ = 1",
    "object().__class__ = B",
    "B.__mro__ = ()",
    "'a'.upper = 1",
    "[].append = 1",
    "m.__dict__ = {}",
    "A().m = 1",
):
    try:
        exec(stmt)
        print(stmt, "fine")
    except Exception as e:
        print(stmt, "|", type(e).__name__, e)
