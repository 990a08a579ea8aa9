# reference: crashes
"""Trees made by hand with None where a part belongs: each is refused."""

import ast


def module(*body: ast.stmt) -> ast.Module:
    return ast.Module([*body], [])


def match(pattern: ast.pattern) -> ast.Module:
    return module(ast.Match(ast.Name("x", ast.Load()), [ast.match_case(pattern, None, [ast.Pass()])]))


trees = [
    module(ast.ClassDef("c", [], [], [ast.Pass()], [], [None])),
    module(ast.TypeAlias(ast.Name("x", ast.Store()), [None], ast.Constant(1))),
    module(ast.Try([ast.Pass()], [None], [], [])),
    module(ast.TryStar([ast.Pass()], [None], [], [])),
    module(ast.Global([None])),
    match(ast.MatchOr([None, ast.MatchAs()])),
    match(ast.MatchSequence([None])),
    match(ast.MatchClass(ast.Name("x", ast.Load()), [], [None], [ast.MatchAs()])),
    match(ast.MatchMapping([None], [ast.MatchAs()], None)),
    module(ast.Expr(ast.ListComp(ast.Constant(1), [None]))),
    module(None),
]
for tree in trees:
    try:
        compile(ast.fix_missing_locations(tree), "<tree>", "exec")
        print("compiles")
    except (ValueError, TypeError) as error:
        print(type(error).__name__, error)

for source, kind in (("match x:\n    case [a]: pass", ast.pattern), ("def f[T](a): pass", ast.type_param), ("f(a)", ast.expr)):
    tree = ast.parse(source)
    node = next(node for node in ast.walk(tree) if isinstance(node, kind))
    node.end_lineno = None
    try:
        compile(tree, "<tree>", "exec")
        print("compiles")
    except (ValueError, TypeError) as error:
        print(type(error).__name__, error)
