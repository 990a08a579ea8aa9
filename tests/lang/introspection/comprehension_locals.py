"""f_locals and locals() inside a comprehension of a module or class: its own variables, through a view (PEP 709, 667)."""

import sys

x = 5
after = [sys._getframe().f_locals for a in [0]][0]
print(type(after).__name__, dict(after), len(after), "x" in after, "a" in after)
for view, kind in [(view := sys._getframe().f_locals, type(view).__name__) for a in [0]]:
    print(kind)
print([(dict(view := sys._getframe().f_locals), list(view), view["a"], view.get("x", 7)) for a in [3]])


def change() -> None:
    sys._getframe(1).f_locals["q"] = 9


class C:
    y = 1
    names = [sorted(locals()) for q in [3]]
    views = [sorted(sys._getframe().f_locals) for q in [3]]
    print(names, views)
    print([(change(), q) for q in [3]])


print([eval("vars()") for b in [1]], [sorted(dir()) for b in [1]])


def f(z: int) -> None:
    print([sorted(locals()) for b in [1]], [sorted(sys._getframe().f_locals) for b in [1]])


f(1)
