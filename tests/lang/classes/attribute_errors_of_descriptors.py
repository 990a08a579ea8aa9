"""AttributeError out of a descriptor's __get__ means that there is no such attribute, on classes as well."""

import warnings


class Descriptor:
    def __get__(self, instance, owner):
        raise AttributeError("from __get__")


class C:
    attribute = Descriptor()
    __eq__ = Descriptor()


print(getattr(C, "attribute", "default"), getattr(C(), "attribute", "default"))
print(hasattr(C, "attribute"), hasattr(C(), "attribute"))
print(C() == C(), C() != C())
try:
    C.attribute
except AttributeError as e:
    print(e)


class Name(bytearray):
    pass


Name.__name__ = "Ŭñı"
print(repr(Name(b"x")))
with warnings.catch_warnings(record=True) as seen:
    warnings.simplefilter("always")
    type("T", (), {1: 2})
    print([(w.category.__name__, str(w.message)) for w in seen])


def plain():
    pass


def generator():
    yield


with warnings.catch_warnings(record=True) as seen:
    warnings.simplefilter("always")
    plain.__code__ = generator.__code__
    print([(w.category.__name__, str(w.message)) for w in seen])
try:
    issubclass(1, int | str)
except TypeError as e:
    print(e)
