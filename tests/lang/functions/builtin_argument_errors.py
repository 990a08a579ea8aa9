import math

cases = ["len()", "len(1, 2)", "len(x=1)", "print(sep=1)", "print(1, foo=2)", "isinstance(1)", "isinstance(1, 2)", "issubclass(1, int)", "abs()", "abs(1, 2)", "sum(1)", "sum(['a'])", "sum([], 'x')", "sum([[1]], [])",
         "max()", "max([])", "max(1, key=1)", "max(1)", "max([], default=0)", "min([1], 2, default=3)", "min('a', 1)", "zip(1)", "map(1)", "map()", "map(None, [1])", "filter(None)", "enumerate()", "enumerate(1)", "enumerate([], 'a')", "iter(1, 2)", "next(1)", "next()", "getattr(1)",
         "getattr(1, 2)", "setattr(1, 'a', 2)", "hasattr(1, 2)", "delattr(1, 'x')", "callable()", "type()", "type(1, 2)", "type('X', 1, {})", "type('X', (), 1)", "type('X', (1,), {})", "object(1)", "super()", "super(1)", "super(int, 'a')", "vars(1)", "dir(1, 2)", "id()", "hash([])", "bin('a')", "hex(1.5)", "oct()", "chr()", "ord('')", "round()", "divmod(1)", "pow(1)",
         "int('a', 'b')", "float(1, 2)", "complex('1', '2')", "str(1, 2)", "str(b'a', 1)", "repr()", "ascii()", "format()", "format(1, 2)", "input(1, 2)", "open()", "open('f', 'q')", "open('f', 'rw')", "open('f', 'rb', encoding='x')", "eval()", "exec()", "exec(1)", "eval('1', 1)", "compile('1')", "compile('1', 'f', 'bad')", "__import__()", "__import__(1)", "staticmethod()", "classmethod()", "property(1, 2, 3, 4, 5)",
         "sorted([1], key=1)", "reversed(1)", "reversed()", "slice()", "range('1')", "all(1)", "any()", "any([], [])", "math.floor()", "math.gcd('a')", "breakpoint(nope=1)" if False else "memoryview()", "zip([1], [1, 2], strict=True).__next__()", "list(zip([1], [1, 2], strict=True))", "list(zip([1, 2], [1], strict=True))", "bool(1, 2)", "list(map(len, [1]))", "'a'.upper(1)", "[].append", "().count()", "{}.keys(1)", "map(len, [1], strict=1, q=2)"]
for case in cases:
    try:
        r = eval(case)
        print(case, "->", r if isinstance(r, (int, str, tuple)) else type(r).__name__)
    except Exception as e:
        print(case, "|", type(e).__name__, "|", e)
