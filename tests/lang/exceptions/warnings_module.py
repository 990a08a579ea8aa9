import sys
import warnings


def show(f):
    with warnings.catch_warnings(record=True) as w:
        warnings.simplefilter("always")
        f()
    print([(x.category.__name__, str(x.message)) for x in w])


show(lambda: warnings.warn("plain"))
show(lambda: warnings.warn("dep", DeprecationWarning))
show(lambda: warnings.warn(FutureWarning("instance")))
show(lambda: [warnings.warn("repeated") for _ in range(2)])
with warnings.catch_warnings():
    warnings.simplefilter("error")
    try:
        warnings.warn("now an error", RuntimeWarning)
    except RuntimeWarning as e:
        print(repr(e))
with warnings.catch_warnings(record=True) as w:
    warnings.resetwarnings()
    warnings.filterwarnings("ignore", message="quiet.*")
    warnings.filterwarnings("always", category=UserWarning)
    warnings.warn("quiet please")
    warnings.warn("loud")
    print([str(x.message) for x in w])


@warnings.deprecated("use other")
def old():
    return 5


show(lambda: print(old()))
for bad in (
    lambda: warnings.warn("x", int),
    lambda: warnings.filterwarnings("nope"),
    lambda: warnings.simplefilter("error", int),
    lambda: warnings.warn(),
    lambda: warnings.warn("x", stacklevel="a"),
):
    try:
        bad()
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)
print(warnings.formatwarning("msg", UserWarning, "f.py", 3, "line text"), end="")
