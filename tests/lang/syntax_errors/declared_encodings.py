"""Bytes as source: what an encoding declaration, a BOM and broken text lead to, with the places of the errors."""


def show(source: bytes) -> None:
    try:
        code = compile(source, "file.py", "exec")
    except SyntaxError as error:
        print(source, type(error).__name__, error.args)
    else:
        print(source, code.co_consts)


for source in (
    b"# coding: ascii\n\xe2",
    b"# coding: nonsense\n",
    b"# coding: hex_codec\na",
    b"#a\n# coding: shift-jis\n\xc4\x85",
    b"\xff",
    b"a\n\xff\xfe",
    b"\xef\xbb\xbf# coding: latin-1\n",
    b"\xef\xbb\xbf#a\n# coding: fake\na",
    b"\xef\xbb\xbf\xff",
    b"# coding: utf-8\n\xff",
    b"# coding: utf8\n\xff",
    b"# coding: iso-8859-15\n'\xa4'",
    b"# coding: cp1252\n\x81",
    b"#!\xe4\n# coding: ascii\n",
    b"# coding: latin-1\nx = '\xe4'\n",
    b"a='''\xff",
    b"a=1;b=2;\xc3(",
):
    show(source)

for text in ("  a", "\\", "x = 6\\", "if x:\n a\n   b"):
    try:
        compile(text, "file.py", "exec")
    except SyntaxError as error:
        print(repr(text), type(error).__name__, error.args)
for filename in (b"bytes.py", bytearray(b"a"), memoryview(b"a"), 3):
    try:
        print(compile("x", filename, "exec").co_filename)
    except TypeError as error:
        print(error)
