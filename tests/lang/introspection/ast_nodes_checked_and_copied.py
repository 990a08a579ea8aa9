"""Hand-made syntax trees: what compile() refuses, and how nodes reduce and copy."""

import ast
import copy


def attempt(tree: ast.AST, mode: str = "exec", flags: int = 0) -> None:
    try:
        compile(ast.fix_missing_locations(tree), "file.py", mode, flags)
        print("compiles")
    except (TypeError, ValueError) as error:
        print(type(error).__name__, error)


def module(*body: ast.stmt) -> ast.Module:
    return ast.Module(list(body), [])


load, store = ast.Load(), ast.Store()
none = ast.arguments([], [], None, [], [], None, [])
ok = ast.Pass()
attempt(module(ast.FunctionDef("None", none, [ok], [])))
attempt(module(ast.AsyncFunctionDef("True", none, [ok], [])))
attempt(module(ast.ClassDef("False", [], [], [ok], [])))
attempt(module(ast.Import([ast.alias("a", "None")])))
attempt(module(ast.ImportFrom("None", [ast.alias("a")], 0)))
attempt(module(ast.ImportFrom("x", [ast.alias("None")], 0)))
attempt(module(ast.Try([ok], [ast.ExceptHandler(None, "None", [ok])], [], [])))
attempt(module(ast.Try([ok], [], [ok], [])))
attempt(module(ast.TryStar([ok], [], [], [])))
attempt(module(ast.Expr(ast.NamedExpr(ast.Constant(3), ast.Constant(3)))))
attempt(module(ast.Expr(ast.NamedExpr(ast.Name("x", load), ast.Constant(3)))))
attempt(module(ast.Expr(ast.Name("x", store))))
attempt(ast.Constant(42))
attempt(ast.Constant(42), flags=ast.PyCF_ONLY_AST)
attempt(ast.parse("x"), "eval", ast.PyCF_ONLY_AST)

for text in (b"Tru\xe1\xb5\x89", b"x.Fal\xc5\xbfe", b"def N\xc2\xbane(): pass", b"x =(\nTru\xe1\xb5\x89 1 +"):
    try:
        ast.parse(text)
    except ValueError as error:
        print(error)

node = ast.parse("x").body[0].value
print(node.__reduce__()[1:])
print(ast.dump(copy.deepcopy(node), include_attributes=True))
deep = ast.parse("+" * 60 + "1")
print(ast.dump(copy.deepcopy(deep)) == ast.dump(deep))
