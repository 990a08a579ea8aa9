# flags: -O
print(__debug__)
assert False, "removed"


def f():
    "doc kept at -O"
    if __debug__:
        return "debug"
    return "optimised"


print(f(), f.__doc__)
