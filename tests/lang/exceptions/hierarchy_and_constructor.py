import builtins

names = sorted(
    n
    for n in dir(builtins)
    if isinstance(getattr(builtins, n), type) and issubclass(getattr(builtins, n), BaseException)
)
for n in names:
    c = getattr(builtins, n)
    print(n, [b.__name__ for b in c.__bases__])
e = Exception("a", 1)
print(
    e,
    repr(e),
    e.args,
    str(Exception()),
    repr(Exception()),
    str(Exception("x")),
    repr(ValueError("it's")),
    Exception(1) == Exception(1),
    hash(e) == hash(e),
    e.with_traceback(None) is e,
)
print(
    KeyError("k"),
    KeyError(),
    KeyError(1, 2),
    repr(KeyError("k")),
    StopIteration(5).value,
    SystemExit(3).code,
    SystemExit().code,
    SystemExit(1, 2).code,
)
o = OSError(2, "No such file", "name")
print(
    o,
    repr(o),
    type(o).__name__,
    o.errno,
    o.strerror,
    o.filename,
    o.args,
    OSError("plain"),
    OSError(13, "x"),
    type(OSError(17, "e")).__name__,
    OSError(2, "m", "a", None, "b"),
    BlockingIOError(11, "again", 5).characters_written,
)
s = SyntaxError("msg", ("file.py", 3, 5, "text", 3, 8))
print(s, s.filename, s.lineno, s.offset, s.text, s.end_lineno, s.end_offset, s.msg, s.print_file_and_line)
u = UnicodeDecodeError("utf-8", b"ab\xff", 2, 3, "bad")
print(
    u,
    u.object,
    u.encoding,
    u.args,
    UnicodeEncodeError("ascii", "é", 0, 1, "r"),
    UnicodeTranslateError("abc", 0, 2, "r"),
)
i = ImportError("m", name="n", path="p", name_from="q")
print(i.name, i.path, i.msg, i.name_from, NameError("x", name="nm").name, AttributeError("a", name="b", obj=5).obj)
for bad in (
    "ImportError(nope=1)",
    "Exception(a=1)",
    "UnicodeDecodeError('a')",
    "UnicodeDecodeError(1, b'', 0, 0, '')",
    "StopIteration(a=1)",
    "NameError(foo=1)",
    "BaseException.__new__()",
    "OSError(a=1)",
    "SyntaxError('m', 5)",
    "SyntaxError('m', (1,2))",
    "BaseExceptionGroup('x')",
    "KeyError(x=1)",
):
    try:
        print(bad, repr(eval(bad)))
    except TypeError as x:
        print(bad, "|", x)


class My(Exception):
    def __init__(self, code, *, extra=None):
        super().__init__(code)
        self.code, self.extra = code, extra

    def __str__(self):
        return f"My<{self.code}>"


m = My(5, extra="e")
print(m, repr(m), m.args, m.extra, isinstance(m, Exception))
