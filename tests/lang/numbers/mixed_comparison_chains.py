calls = []


def f(x):
    calls.append(x)
    return x


print(f(1) < f(2) < f(3), calls)
calls.clear()
print(f(3) < f(2) < f(1), calls)
print(1 < 2 > 1 == 1 != 2 <= 2 is not None, 1 == 1.0 == True == 1 + 0j, 3 > 2 > 1 > 0, (1 < 2) < 3)
for expr in ("1 < 'a'", "None < 1", "[] < ()", "{} < {}", "1j < 1", "object() >= 1", "print < len", "int < str"):
    try:
        eval(expr)
    except TypeError as e:
        print(expr, "|", e)
print(
    [1, 2] < [1, 2, 0], (1, "a") < (1, "b"), "abc" < "abd", b"a" < b"b", {1} < {1, 2}, [1, 2.0] == [1.0, 2], (1,) == [1]
)
