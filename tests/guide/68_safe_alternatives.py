import ast
import operator

config = ast.literal_eval(
    "{'learning_rate': 0.001, 'batch_size': 32, 'layers': [1, (2, 3)], 'on': True, 'none': None, 'neg': -1.5, 'c': 1+2j, 's': {1, 2}}"
)
print(config, type(config["layers"][1]))
for bad in (
    "__import__('os')",
    "a + 1",
    "[x for x in y]",
    "1 if True else 2",
    "f'{1}'",
    "{'a': }",
    "lambda: 0",
    "2 ** 8",
):
    try:
        print(ast.literal_eval(bad))
    except (ValueError, SyntaxError) as e:
        print(bad, "|", type(e).__name__)
ops = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
}


def safe_calculate(a, op, b):
    if op not in ops:
        raise ValueError(f"Invalid operator: {op}")
    return ops[op](a, b)


print([safe_calculate(7, op, 2) for op in ops])
try:
    safe_calculate(1, "@", 2)
except ValueError as e:
    print(e)
NODES = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.USub: operator.neg,
    ast.Pow: operator.pow,
}


def calculate(node, names):
    match node:
        case ast.Expression(body):
            return calculate(body, names)
        case ast.Constant(int() | float() as value):
            return value
        case ast.Name(name):
            return names[name]
        case ast.BinOp(left, op, right):
            return NODES[type(op)](calculate(left, names), calculate(right, names))
        case ast.UnaryOp(op, operand):
            return NODES[type(op)](calculate(operand, names))
        case _:
            raise ValueError(f"not allowed: {type(node).__name__}")


print(calculate(ast.parse("-(a + 2) * 3 ** b / 4", mode="eval"), {"a": 4, "b": 2}))
try:
    calculate(ast.parse("f(1)", mode="eval"), {})
except ValueError as e:
    print(e)
transformations = {"square": lambda x: x**2, "half": lambda x: x / 2, "normalize": lambda x: x / max(abs(x), 1)}
print([f(-3) for f in transformations.values()])
