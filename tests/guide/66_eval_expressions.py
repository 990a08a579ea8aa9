expression = "2 ** 10 + 5"
print(eval(expression), eval("[x * y for x in range(3) for y in (1, 10)]"), eval("(lambda a, *b: (a, b))(1, 2, 3)"))
score = eval("accuracy * 0.7 + f1_score * 0.3", {"__builtins__": {}}, {"accuracy": 0.92, "f1_score": 0.88})
print(round(score, 3))
for bad in ("open('x')", "__import__('os')", "nope", "1 +", "x = 1", "().__class__.__bases__", "len([1])"):
    try:
        print(eval(bad, {"__builtins__": {}}, {}))
    except Exception as e:
        print(bad, "|", type(e).__name__, e)
import math

allowed = {name: getattr(math, name) for name in ("sqrt", "pi", "floor")}
print(eval("floor(sqrt(x) * pi)", {"__builtins__": None} | allowed, {"x": 100}))
code = compile("a * b + c", "<metric>", "eval")
print([eval(code, {"b": 2, "c": 1}, {"a": a}) for a in range(4)], code.co_names)


def local_names():
    hidden = 5
    return eval("hidden + 1"), eval("[hidden for _ in range(2)]")


print(local_names())
namespace = {}
eval("1", namespace)
print(list(namespace))
