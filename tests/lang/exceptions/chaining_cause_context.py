def chain(e):
    out = []
    while e is not None:
        out.append((repr(e), repr(e.__cause__), e.__suppress_context__))
        e = e.__cause__ or e.__context__
    return out


def catch(f):
    try:
        f()
    except Exception as e:
        return chain(e)


def implicit():
    try:
        1 / 0
    except ZeroDivisionError:
        raise ValueError("v")


def explicit():
    try:
        {}["k"]
    except KeyError as e:
        raise TypeError("t") from e


def suppressed():
    try:
        1 / 0
    except ZeroDivisionError:
        raise ValueError("v") from None


def cls():
    raise ValueError from KeyError


def three():
    try:
        try:
            1 / 0
        except ZeroDivisionError:
            raise KeyError("k")
    except KeyError:
        [][1]


for f in (implicit, explicit, suppressed, cls, three):
    print(catch(f))


def bad_cause():
    raise ValueError from 5


print(catch(bad_cause))
e = ValueError("x")
for bad in (
    "e.__cause__ = 5",
    "e.__context__ = 'x'",
    "e.__traceback__ = 1",
    "del e.__cause__",
    "e.args = 5",
    "e.__suppress_context__ = 1.5",
    "e.__traceback__ = None",
    "e.args = [1, 2]",
):
    try:
        exec(bad)
        print(bad, "fine")
    except Exception as x:
        print(bad, type(x).__name__, x)
print(e.args)
e1, e2 = ValueError(1), ValueError(2)
e1.__context__ = e2
try:
    try:
        raise e2
    except ValueError:
        raise e1
except ValueError as x:
    print(chain(x))
try:
    raise e1 from e1
except ValueError as x:
    print(x.__cause__ is x)
