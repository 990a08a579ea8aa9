def counter():
    n = 0

    def up():
        nonlocal n
        n += 1
        return n

    def get():
        return n

    return up, get


up, get = counter()
up(), up()
print(
    get(),
    up.__closure__[0].cell_contents,
    up.__closure__[0] is get.__closure__[0],
    up.__code__.co_freevars,
    counter.__code__.co_cellvars,
)
up.__closure__[0].cell_contents = 100
print(get())


def late():
    def f():
        return v

    v = 1
    first = f()
    v = 2
    return first, f()


print(late())


def unset():
    def f():
        return w

    if False:
        w = 1
    return f


try:
    unset()()
except NameError as e:
    print(type(e).__name__, e)
try:
    unset().__closure__[0].cell_contents
except ValueError as e:
    print(e)
import types

c = types.CellType(5)
print(c.cell_contents, types.CellType() == types.CellType(), types.CellType(1) < c)


def deep(a):
    def b():
        def c():
            def d():
                return a

            return d

        return c

    return b()()()


print(deep(7))


def arg_cell(x, y=2, *z, k=3):
    def f():
        nonlocal x
        x += 1
        return x, y, z, k

    return f


g = arg_cell(1, 5, 6)
print(g(), g())


def deleted():
    q = 1

    def f():
        return q

    del q
    return f


try:
    deleted()()
except NameError as e:
    print(type(e).__name__, e)


class Klass:
    z = "class"

    def method(self):
        return __class__.__name__


print(Klass().method())
