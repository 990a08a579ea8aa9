e = ValueError("base")
print(hasattr(e, "__notes__"))
e.add_note("one")
e.add_note("two")
print(e.__notes__, e)
try:
    e.add_note(5)
except TypeError as x:
    print(x)
e.__notes__ = "broken"
try:
    e.add_note("x")
except TypeError as x:
    print(x)
import traceback

f = KeyError("k")
f.add_note("first\nsecond line")
print("".join(traceback.format_exception_only(f)), end="")
g = ExceptionGroup("grp", [f])
g.add_note("on group")
print("".join(traceback.format_exception(g)), end="")
f.__notes__ = 5
print("".join(traceback.format_exception_only(f)), end="")
f.__notes__ = ["a", 1, None]
print("".join(traceback.format_exception_only(f)), end="")
