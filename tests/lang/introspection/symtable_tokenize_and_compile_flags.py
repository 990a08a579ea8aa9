import ast, codeop, io, symtable, token, tokenize

s = symtable.symtable(
    "def f(a):\n  global g\n  x = a\n  def h(): return x, g, q\n  return [y for y in a]\nclass C:\n  z = 1\n  def m(self): return __class__",
    "s",
    "exec",
)


def walk(t, d=0):
    print(
        " " * d,
        t.get_name(),
        t.get_type().value,
        [
            (
                n.get_name(),
                n.is_local(),
                n.is_global(),
                n.is_free(),
                n.is_parameter(),
                n.is_assigned(),
                n.is_referenced(),
            )
            for n in sorted(t.get_symbols(), key=lambda n: n.get_name())
        ],
    )
    for c in t.get_children():
        walk(c, d + 1)


walk(s)
for t in tokenize.generate_tokens(io.StringIO("def f(x):\n\tif x: # c\n\t\treturn f'a{x!r:>{w}}b' + 1.5e3\n").readline):
    print(token.tok_name[t.type], token.tok_name[t.exact_type], repr(t.string), t.start, t.end)
print(tokenize.untokenize([(1, "x"), (54, "="), (2, "1")]).strip())
for bad in ("(", "'abc", "  x\n y"):
    try:
        list(tokenize.generate_tokens(io.StringIO(bad).readline))
    except (tokenize.TokenError, SyntaxError) as e:
        print(type(e).__name__, e.args[0])
print(
    codeop.compile_command("if 1:"),
    codeop.compile_command("x = 1").co_name,
    type(codeop.compile_command("x\n")).__name__,
)
try:
    codeop.compile_command("x = = 1")
except SyntaxError as e:
    print(e.msg)
print(
    type(compile("1", "f", "eval", ast.PyCF_ONLY_AST)).__name__,
    compile("assert 0", "f", "exec", optimize=2).co_consts,
    compile("x: int", "f", "exec", dont_inherit=True).co_filename,
)
for source in ("if 1:\n  x", "for x in y: z\n", "class A: pass\n"):
    try:
        compile(source, "f", "single")
        print("single ok")
    except SyntaxError as e:
        print(repr(source), e.msg)
try:
    compile("1\n2", "f", "single")
except SyntaxError as e:
    print(e.msg)
