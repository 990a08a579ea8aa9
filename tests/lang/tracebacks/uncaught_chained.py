# exit: 1
def inner():
    {}["missing"]


def outer():
    try:
        inner()
    except KeyError as e:
        raise ValueError("wrapped") from e


try:
    outer()
except ValueError:
    raise RuntimeError("during handling")
