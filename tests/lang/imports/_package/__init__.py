"""A package for the import tests."""

print("loading", __name__)
__all__ = ["exported", "computed_name"]
exported = 1
hidden = 2
value = "package value"
computed_name = "x"


def __getattr__(name):
    if name == "computed":
        return "by module __getattr__"
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return ["a", "b", "c", "d"]
