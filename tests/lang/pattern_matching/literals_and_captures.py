def m(x):
    match x:
        case 0: return "zero"
        case -1 | -2: return "negative"
        case 1.5: return "float"
        case 2 + 3j: return "complex"
        case "a" | "b" as s: return f"str {s}"
        case b"x": return "bytes"
        case None: return "none"
        case True: return "true"
        case int(n) if n > 100: return f"big {n}"
        case str() as t: return f"other str {t}"
        case float() | int(): return "number"
        case _: return "default"
print([m(v) for v in (0, -2, 1.5, 2 + 3j, "b", b"x", None, True, 101, "zz", 5, 7.5, [], False, 0.0, 1)])
class Color:
    RED = 1
    class Sub: DEEP = "d"
def dotted(x):
    match x:
        case Color.RED: return "red"
        case Color.Sub.DEEP: return "deep"
        case other: return other
print(dotted(1), dotted("d"), dotted(9))
match 5:
    case x: pass
print(x)
match (1, 2):
    case a, b: print(a, b)
match = 5
case = 6
_ = 7
print(match, case, match + case, _)
match [match, case]:
    case [5, y]: print("soft keywords", y)
match, case
print(match * (1), -match)
