import sys

a = "hello_world"
b = "hello_world"
print(
    a is b, sys.intern("dyn" + str(1)) is sys.intern("dyn1"), "" is "".join([]), "a" is "abc"[0], chr(233) is chr(233)
)
name = "attr" + "ibute"


class C:
    pass


c = C()
setattr(c, "".join(["attr", "ibute"]), 5)
print(c.attribute, getattr(c, name), list(vars(c)), sys.intern(name) is sys.intern("attribute"))
try:
    sys.intern(1)
except TypeError as e:
    print(e)


class S(str):
    pass


try:
    sys.intern(S("x"))
except TypeError as e:
    print(e)
