from __future__ import annotations


def f(a: undefined[int], b: x + 1 = 2, *c: lambda q: q, d: "quoted") -> yield_ or None:
    pass


class C:
    x: some.thing[1:2, ...]
    y: int = 5


v: not_defined | None = 1
print(f.__annotations__)
print(C.__annotations__)
print(__annotations__)
import typing


class D:
    n: int
    self_ref: D


print(typing.get_type_hints(D) == {"n": int, "self_ref": D})
try:
    typing.get_type_hints(f)
except Exception as e:
    print(type(e).__name__, e)
import sys

print(sys.modules["__future__"].annotations.compiler_flag != 0)
try:
    compile("from __future__ import nope", "s", "exec")
except SyntaxError as e:
    print(e.msg)
try:
    compile("x = 1\nfrom __future__ import annotations", "s", "exec")
except SyntaxError as e:
    print(e.msg)
try:
    compile("from __future__ import braces", "s", "exec")
except SyntaxError as e:
    print(e.msg)
