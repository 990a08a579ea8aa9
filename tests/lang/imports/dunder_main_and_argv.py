# args: one --two "three four"
import sys

print(
    __name__,
    sys.argv[1:],
    __file__.rsplit("/", 1)[-1],
    __spec__,
    __package__,
    __doc__,
    __builtins__.__name__,
    "__annotations__" in globals(),
    __loader__ is not None,
)
print(sys.modules["__main__"].__dict__ is globals(), sys.path[0].rsplit("/", 1)[-1], sys.argv[0])
