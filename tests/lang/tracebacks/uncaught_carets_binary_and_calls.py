import sys
import traceback


class Obj:
    attr = None


o = Obj()
cases = ["(1 + 2) * ('a' - 3)", "o.attr.missing", "o.attr()", "[1, 2][5] + 1", "len(o.attr)", "f'{o.nope}'", "{**o.attr}", "a if o.zzz else b", "-o", "not o.qqq", "o.attr[1:2]", "o < 5", "1 in o", "[i / 0 for i in (1,)]", "(lambda: 1 / 0)()", "int('x' * 3)", "o.attr.x.y.z", "x.y", "(o\n .attr\n .gone)", "print(1,\n  o.missing,\n  2)", "'é' + o.attr", "'日本語' + 5 + 'x'"]
for case in cases:
    ns = {"o": o, "a": 1, "b": 2}
    try:
        import linecache
        linecache.cache["<case>"] = (len(case), None, [l + "\n" for l in case.split("\n")], "<case>")
        eval(compile(case, "<case>", "eval"), ns)
    except Exception:
        lines = traceback.format_exc().splitlines()
        print("\n".join(lines[3:]))
