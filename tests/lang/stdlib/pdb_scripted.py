import io, pdb, sys


def buggy(items):
    total = 0
    for i in items:
        total += 10 // i
    return total


def session(commands, f):
    out = io.StringIO()
    d = pdb.Pdb(stdin=io.StringIO("\n".join(commands) + "\n"), stdout=out, readrc=False, nosigint=True)
    d.use_rawinput = False
    try:
        d.runcall(f)
    except ZeroDivisionError as e:
        out.write(f"raised {e}\n")
    except pdb.bdb.BdbQuit:
        out.write("quit\n")
    print(out.getvalue().replace(__file__, "FILE"))


session(["n", "n", "p total, items", "s", "w", "a", "l", "unt 6", "c"], lambda: buggy([5, 2]))
session(
    [
        "b buggy, i == 2",
        "b",
        "c",
        "p i, total",
        "pp locals()",
        "!total = 100",
        "whatis total",
        "u",
        "d",
        "tbreak 6",
        "cl 1",
        "c",
        "r",
        "c",
    ],
    lambda: buggy([5, 2, 1]),
)
session(["c"], lambda: buggy([0]))
session(["p nope", "zzz", "help n", "j 999", "display total", "q"], lambda: buggy([1]))
try:
    buggy([0])
except ZeroDivisionError as e:
    out = io.StringIO()
    d = pdb.Pdb(stdin=io.StringIO("w\np i\nu\np e\nq\n"), stdout=out, readrc=False, nosigint=True)
    d.use_rawinput = False
    d.reset()
    d.interaction(None, e)
    print(out.getvalue().replace(__file__, "FILE"))
