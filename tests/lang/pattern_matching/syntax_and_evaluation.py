for source in (
    "match x:\n case a: pass\n case b: pass",
    "match x:\n case a | b: pass",
    "match x:\n case [a, a]: pass",
    "match x:\n case {'k': a, 'k': b}: pass",
    "match x:\n case {**r, 'k': v}: pass",
    "match x:\n case [*a, *b]: pass",
    "match x:\n case P(a=1, a=2): pass",
    "match x:\n case P(a=1, 2): pass",
    "match x:\n case a | [a]: pass",
    "match x:\n case 1 + 2: pass",
    "match x:\n case -a: pass",
    "match x:\n case f(): pass\n case _: pass\n case 1: pass",
    "match x:\n case {**_}: pass",
    "match x:\n case _ as y: pass",
    "match x:\n case 1 as _: pass",
    "match x:\n case 1 as a.b: pass",
    "match x:\n case f'a': pass",
    "match x:\n case *a: pass",
    "match x:\n case *a,: pass",
    "match x:\n case {a: 1}: pass",
    "match x:\n case (a, b) | (b, a): pass",
    "match x:\n case 1j + 2: pass",
    "match x:\n pass",
    "match *a, b:\n case _: pass",
    "match x:\n case a.b.c: pass",
    "match x:\n case (_ as z): pass",
    "match x:\n case 1 if (y := 2): pass",
):
    try:
        compile(source, "s", "exec")
        print("OK", repr(source))
    except SyntaxError as e:
        print(repr(source), "|", e.msg)
log = []


class Eq:
    def __init__(self, n):
        self.n = n

    def __eq__(self, o):
        log.append((self.n, o))
        return self.n == o


def guard(v, r):
    log.append(("guard", v))
    return r


match Eq(2):
    case 1:
        pass
    case 2 if guard("a", False):
        pass
    case 2 if guard("b", True):
        log.append("hit")
    case 2:
        log.append("never")
print(log)


def ret(x):
    for i in x:
        match i:
            case 0:
                continue
            case 1:
                break
            case n:
                yield n


print(list(ret([0, 5, 0, 6, 1, 7])))


def fallthrough(x):
    match x:
        case [1, y]:
            pass
    return y if "y" in locals() else "unbound"


print(fallthrough([1, 2]), fallthrough(3))
match 3, 4:
    case x, y if x > y:
        print("gt")
    case x, y:
        print("le", x, y)
