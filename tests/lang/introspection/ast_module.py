import ast

tree = ast.parse("x = f(1, *a, k=2)[b:c].d\nif x > 1 and not y: pass\nelse: z += [i for i in q if i]")
print(ast.dump(tree, indent=1))
print(ast.unparse(tree))
for s in (
    "lambda a, /, b=1, *c, d, **e: (yield)",
    "f'{x!r:>{w}} {y=}'",
    "{**a, 1: 2, **b}",
    "[*x, (y := 1)]",
    "a if b else c",
    "x[1:2, ::3, ...]",
    "not (a or b) and c",
    "-x ** -y",
    "await z",
    "'a' 'b'",
    "b'x'",
    "1_000 + 0x1f + 1.5j",
    "(a, b), *c",
    "a < b <= c is not d not in e",
    "t'{x:y}'",
):
    try:
        print(ast.unparse(ast.parse(s, mode="eval")))
    except SyntaxError as e:
        print(s, e.msg)
src = "@d\nasync def f[T](a: int, *, b=1) -> str:\n    'doc'\n    async with x as y, z:\n        pass\n    try:\n        raise A from b\n    except* (B, C) as e:\n        pass\n    else:\n        return\n    finally:\n        del q\n    match v:\n        case {'k': [1, *r], **s} if g: pass\n        case P(1, x=2) | None as w: pass\n    type X = int\n    global g1\n    while 1: break\n    for i, in y: continue\n    assert a, b\n    from . import c as d\n    x: int = 5\nclass C[T](B, m=1): z = 1"
print(ast.unparse(ast.parse(src)))
print(
    ast.literal_eval("{'a': [1, 2.5, (None, True), b'x'], 'b': {1, 2}, 'c': -3+4j}"),
    ast.literal_eval(" [1,\n2]"),
    ast.literal_eval("set()"),
)
for bad in ("f()", "a", "1 + 2", "[x]", "'a' + 'b'", "{**a}", "(", "-'a'", "lambda: 1", "1 if 1 else 2", "{1: 2}[1]"):
    try:
        print(ast.literal_eval(bad))
    except (ValueError, SyntaxError) as e:
        print(bad, type(e).__name__, str(e).split(":")[0][:60])


class Inc(ast.NodeTransformer):
    def visit_Constant(self, n):
        return ast.copy_location(ast.Constant(n.value + 1), n) if isinstance(n.value, int) else n


t = ast.fix_missing_locations(Inc().visit(ast.parse("1 + 2 * 3", mode="eval")))
print(
    eval(compile(t, "s", "eval")),
    [type(n).__name__ for n in ast.walk(ast.parse("a+b"))],
    ast.get_docstring(ast.parse("'hi'\nx")),
)
n = ast.parse("é = (1 +\n 2)").body[0]
print(
    n.lineno,
    n.col_offset,
    n.end_lineno,
    n.end_col_offset,
    n.value._fields,
    n._attributes,
    ast.get_source_segment("é = (1 +\n 2)", n.value),
)
print(
    ast.Name("x"),
    ast.dump(ast.Name("x", ctx=ast.Load())),
    ast.Constant(5).value,
    ast.dump(ast.arguments()),
    ast.FunctionDef._fields,
    type(ast.Add()).__name__,
)
for bad in (
    lambda: compile(ast.Expression(ast.Name("x")), "s", "eval"),
    lambda: compile(ast.Module([ast.Expr(5)], []), "s", "exec"),
    lambda: compile(ast.Expression(ast.Constant(object())), "s", "eval"),
    lambda: ast.Name(1, 2, 3),
    lambda: compile(ast.Module([], []), "s", "eval"),
    lambda: compile(
        ast.fix_missing_locations(ast.Expression(ast.BinOp(ast.Constant(1), ast.Load(), ast.Constant(2)))), "s", "eval"
    ),
):
    try:
        bad()
        print("fine")
    except (TypeError, ValueError) as e:
        print(type(e).__name__, str(e).split(" at 0x")[0])
