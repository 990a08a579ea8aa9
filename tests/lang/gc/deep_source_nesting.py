import ast

cases = {
    "parens": "(" * 10000 + ")" * 10000,
    "lists": "[" * 10000 + "]" * 10000,
    "unary": "-" * 100000 + "1",
    "not": "not " * 50000 + "1",
    "add": "+".join(["1"] * 100000),
    "attr": "a" + ".b" * 100000,
    "call": "f" + "()" * 100000,
    "subscript": "a" + "[0]" * 100000,
    "lambda": "lambda:" * 20000 + "1",
    "ternary": "1 if 1 else " * 20000 + "1",
    "compare": "<".join(["1"] * 50000),
    "and": " and ".join(["1"] * 50000),
    "power": "**".join(["1"] * 5000),
    "string concat": "'a'" * 50000,
    "elif": "if 1: pass\n" + "elif 1: pass\n" * 5000,
    "dict": "{1:" * 5000 + "1" + "}" * 5000,
    "fstring": "f'{" * 200 + "1" + "}'" * 200,
    "await": "await " * 5000 + "x",
    "star": "*" * 5000 + "a",
    "with": "with " + ", ".join(["a"] * 3000) + ": pass",
    "decorators": "@a\n" * 3000 + "def f(): pass",
    "assign": "a=" * 20000 + "1",
    "tuple": "1," * 100000,
    "pattern": "match x:\n case " + "[" * 5000 + "]" * 5000 + ": pass",
}
for name, source in cases.items():
    try:
        compile(source, "s", "exec")
        result = "compiled"
    except (SyntaxError, RecursionError, MemoryError) as e:
        result = "refused"
    print(name, "no crash")
print(eval("+".join(["1"] * 5000)), len(eval("1," * 100000)), eval("(" * 100 + "7" + ")" * 100))
