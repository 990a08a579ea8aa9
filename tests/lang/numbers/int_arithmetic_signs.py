for a in (7, -7, 0, 2**70, -(2**70)):
    for b in (3, -3, 2**65, -(2**65)):
        print(a, b, a + b, a - b, a * b, a // b, a % b, divmod(a, b))
for a in (5, -5, 0):
    for b in (0,):
        for op in ("//", "%", "/"):
            try:
                print(eval(f"{a} {op} {b}"))
            except ZeroDivisionError as e:
                print(a, op, b, e)
try:
    divmod(1, 0)
except ZeroDivisionError as e:
    print(e)
