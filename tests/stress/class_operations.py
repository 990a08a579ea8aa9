"""Functions, classes and modules that change while others use them."""

import functools
import sys
import types
import weakref

from support import main, race


def check_function_attributes(operations):
    def shared(a, b=1, *, c=2):
        return a + b + c

    def one(a, b=1, *, c=2):
        return 1000 + a + b + c

    other_code, own_code = one.__code__, shared.__code__

    def write(k):
        for i in range(operations):
            shared.__defaults__ = (i % 5,)
            shared.__kwdefaults__ = {"c": i % 5}
            shared.note = i
            shared.__name__ = f"name{i % 5}"
            shared.__doc__ = str(i)
            shared.__code__ = other_code if i % 2 else own_code
            shared.__annotations__ = {"a": i}
            shared.__dict__[f"x{i % 20}"] = i

    def read(k):
        for i in range(operations):
            assert shared(1) % 1000 < 12
            shared.__name__, shared.__doc__, shared.__annotations__, shared.__kwdefaults__, shared.__defaults__
            getattr(shared, "note", None)

    race(write, read)


def check_class_attributes(operations):
    class Base:
        value = 0

        def method(self):
            return 0

    class Derived(Base):
        pass

    instance = Derived()

    def write(k):
        for i in range(operations):
            Base.value = i
            Base.method = (lambda self: 0) if i % 2 else (lambda self: 1)
            if i % 10 == 0:
                Derived.extra = i
                del Derived.extra
                Derived.__getattr__ = lambda self, name: None
                del Derived.__getattr__
            if i % 50 == 0:
                Derived.__bases__ = (Base,)
                Derived.__name__ = f"Derived{i}"
                Derived.__doc__ = "x"

    def tolerant_write(k):
        for _ in range(3):
            try:
                return write(k)
            except AttributeError:
                pass

    def read(k):
        for i in range(operations):
            assert isinstance(instance.value, int)
            assert instance.method() in (0, 1)
            assert Derived().method() in (0, 1)
            getattr(instance, "extra", None)
            isinstance(instance, Base), issubclass(Derived, Base), Derived.__mro__

    race(tolerant_write, read)


def check_special_methods_change(operations):
    class Number:
        def __add__(self, other):
            return 1

        def __eq__(self, other):
            return True

        def __hash__(self):
            return 1

        def __len__(self):
            return 1

    shared = Number()

    def write(k):
        for i in range(operations // 2):
            Number.__add__ = lambda self, other, i=i: i
            Number.__len__ = lambda self, i=i: i % 100
            Number.__iter__ = lambda self: iter("abc")
            Number.__call__ = lambda self, i=i: i

    def read(k):
        for i in range(operations // 2):
            assert isinstance(shared + shared, int)
            assert 0 <= len(shared) < 100
            shared == shared, hash(shared), bool(shared)
            try:
                assert list(shared) == ["a", "b", "c"]
                shared()
            except TypeError:
                pass

    race(write, read)


def check_instances_change_class(operations):
    class A:
        def who(self):
            return "A"

    class B:
        def who(self):
            return "B"

    shared = A()
    shared.x = 1

    def write(k):
        for i in range(operations):
            shared.__class__ = B if i % 2 else A

    def read(k):
        for i in range(operations):
            assert shared.who() in "AB" and shared.x == 1
            type(shared).__name__

    race(write, read)


def check_classes_made_and_dropped(operations):
    class Base:
        def __init_subclass__(cls, **kwargs):
            super().__init_subclass__(**kwargs)

    def work(k):
        for i in range(operations // 20):
            made = type(f"C{k}_{i}", (Base,), {"v": i, "m": lambda self: self.v})
            assert made().m() == i
            Base.__subclasses__()
            reference = weakref.ref(made)
            del made
            reference()

    race(work)


def check_modules(operations):
    shared = types.ModuleType("shared")
    sys.modules["shared"] = shared
    shared.x = 0

    def write(k):
        for i in range(operations):
            shared.x = i
            setattr(shared, f"n{i % 30}", i)
            if i % 30 == 0 and k == 0:
                shared.__dict__.pop("n7", None)

    def read(k):
        for i in range(operations):
            assert isinstance(shared.x, int)
            getattr(shared, f"n{i % 30}", None)
            if i % 20 == 0:
                import shared as again
                from shared import x

                assert again is shared and isinstance(x, int)
                dir(shared)

    race(write, read)
    del sys.modules["shared"]


counter = 0


def check_globals_and_cells(operations):
    cell = 0

    def write(k):
        nonlocal cell
        global counter
        for i in range(operations):
            counter = i
            cell = (i, i)
            if i % 10 == 0:
                globals()[f"made{i % 50}"] = i

    def read(k):
        for i in range(operations):
            assert isinstance(counter, int)
            found = cell
            assert found == 0 or found[0] == found[1]

    race(write, read)


def check_caches_and_properties(operations):
    calls = []

    @functools.lru_cache(maxsize=20)
    def cached(n):
        calls.append(n)
        return n * 2

    @functools.cache
    def unbounded(n):
        return n + 1

    class Lazy:
        @functools.cached_property
        def value(self):
            return object()

        @property
        def square(self):
            return 4

    def work(k):
        for i in range(operations):
            assert cached(i % 30) == i % 30 * 2
            assert unbounded(i % 100) == i % 100 + 1
            if i % 100 == 0:
                cached.cache_clear()
            cached.cache_info()

    race(work)
    for _ in range(operations // 50):
        lazy = Lazy()
        race(lambda k: (lazy.value, lazy.square))


def check_weak_references(operations):
    class Thing:
        pass

    table = weakref.WeakValueDictionary()
    alive = weakref.WeakSet()

    def work(k):
        for i in range(operations // 10):
            thing = table.get(i % 20)
            if thing is None:
                thing = Thing()
                thing.number = i % 20
                table[i % 20] = thing
            assert thing.number == i % 20
            alive.add(thing)
            len(alive), len(table)
            reference = weakref.ref(thing, lambda r: None)
            assert reference() is thing
            del thing

    race(work)
    assert len(table) == 0 and len(alive) == 0


if __name__ == "__main__":
    main(globals())
