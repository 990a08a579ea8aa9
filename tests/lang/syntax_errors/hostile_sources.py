# sanitizers: their frames use up the stack before 200 parentheses are open
# timeout: 90
"""Sources that are deep, long, huge or broken: the right answer or a clean error."""

import sys

sys.set_int_max_str_digits(0)


def attempt(name, source, mode="exec"):
    try:
        compile(source, "f", mode)
        print(name, "compiles")
    except (SyntaxError, MemoryError, RecursionError, OverflowError, ValueError) as error:
        print(name, type(error).__name__, str(error)[:100])


many = 100_000
attempt("parentheses 100", "(" * 100 + "1" + ")" * 100)
attempt("parentheses 300", "(" * 300 + "1" + ")" * 300)
attempt("brackets", "[" * many)
attempt("unary", "-" * many + "1")
attempt("not", "not " * many + "1")
attempt("power", "1" + "**1" * many)
attempt("lambda", "lambda: " * many + "1")
attempt("conditional", "1 if 1 else " * many + "1")
attempt("attribute 1000", "a" + ".b" * 1000)
attempt("calls 1000", "a" + "()" * 1000)
attempt("add 2000", "a" + "+a" * 2000)
attempt("await", "async def f():\n " + "await " * many + "a")
attempt("star targets", "*" * many + "a = 1")
attempt("f-string nesting", "f'" + "{f'" * 160)
attempt("f-string braces", "f'" + "{" * many)
attempt("blocks 100", "".join(" " * i + "if a:\n" for i in range(101)) + " " * 101 + "pass")
attempt("loops 21", "".join(" " * i + "while a:\n" for i in range(21)) + " " * 21 + "pass")
attempt("functions 90", "".join(" " * i + f"def f{i}():\n" for i in range(90)) + " " * 90 + "pass")
attempt("elif 2000", "if a: pass\n" + "elif a: pass\n" * 2000)
attempt("lines", "x = 1\n" * many)
attempt("one long line", "x = " + "a," * many)
attempt("long string", "x = '" + "a" * 5_000_000 + "'")
attempt("long name", "x" * 1_000_000 + " = 1")
attempt("long comment", "#" + "a" * 5_000_000)
attempt("blank lines", "\n" * 1_000_000)
attempt("hexadecimal", "x = 0x" + "f" * 1_000_000)
attempt("decimal", "x = 1" + "0" * 20_000)
attempt("float", "x = 1" + "0" * 400 + ".0")
attempt("imaginary", "x = 1e400j")
attempt("backslashes", "x = 1" + "\\\n" * 50_000 + "+ 1")
attempt("null", "x = 1\0")
attempt("null in bytes", b"x = 1\n\0")
attempt("surrogate", "x = '\ud800'")
attempt("surrogate name", "\ud800 = 1")
attempt("byte order mark", "\ufeffx = 1")
attempt("two byte order marks", "\ufeff\ufeffx = 1")
attempt("form feeds", "\f" * many + "x = 1")
attempt("carriage returns", "x = 1\r" * many)
attempt("tabs", "if a:\n" + "\t" * 90 + "pass")
attempt("arguments", "f(" + ",".join(f"a{i}" for i in range(5000)) + ")")
attempt("parameters", "def f(" + ",".join(f"a{i}" for i in range(5000)) + "): pass")
attempt("decorators", "@a\n" * 5000 + "def f(): pass")
attempt("globals", "def f():\n global " + ",".join(f"a{i}" for i in range(5000)))
attempt("patterns", "match a:\n case " + "|".join(str(i) for i in range(3000)) + ": pass")
attempt("nested patterns", "match a:\n case " + "[" * 150 + "]" * 150 + ": pass")
attempt("strings joined", "x = " + "'a' " * 50_000)
attempt("unterminated", "x = '''" + "a\n" * many)
attempt("walrus", "(a := " * 150 + "1" + ")" * 150)
attempt("subscripts", "a" + "[0]" * 1000)
attempt("compare", "a" + " < a" * 2000)
attempt("string prefix", "rbrbrb'x'")
attempt("eval of nothing", "", "eval")
attempt("single of nothing", "", "single")
try:
    sys.set_int_max_str_digits(4300)
    attempt("too many digits", "x = " + "1" * 5000)
finally:
    sys.set_int_max_str_digits(0)
