def check(f):
    try:
        f()
        print("fine")
    except AssertionError as e:
        print(repr(e), e.args)


def one():
    assert 1 == 2


def two():
    assert [], "message"


def three():
    assert False, {"k": 1}


def four():
    assert True, "x"


def five():
    assert 0, (1, 2)


def six():
    assert None, ValueError("nested")


for f in (one, two, three, four, five, six):
    check(f)
import warnings

with warnings.catch_warnings(record=True) as w:
    warnings.simplefilter("always")
    compile("assert (1, 'always true')", "s", "exec")
    print([str(x.message) for x in w])
print(__debug__)
AssertionError = ValueError
try:
    assert False
except BaseException as e:
    print(type(e).__name__)
