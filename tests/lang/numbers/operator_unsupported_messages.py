import operator


class A:
    pass


for op in ("+", "-", "*", "/", "//", "%", "**", "@", "<<", ">>", "&", "|", "^"):
    for left, right in (("1", "'a'"), ("[]", "1"), ("A()", "A()"), ("None", "1.5")):
        try:
            eval(f"{left} {op} {right}")
            print(left, op, right, "fine")
        except TypeError as e:
            print(left, op, right, "|", e)
for name in ("iadd", "isub", "imul", "imatmul", "ipow", "ior"):
    try:
        getattr(operator, name)(A(), 1)
    except TypeError as e:
        print(name, "|", e)
for expr in ("-'a'", "+[]", "~1.5", "-A()", "not A()", "abs('x')", "pow(2, 'a')", "pow(2, 3, 'a')"):
    try:
        print(eval(expr))
    except TypeError as e:
        print(expr, "|", e)
