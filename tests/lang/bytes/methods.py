b = b"Hello, World"
print(
    b[0],
    b[-1],
    b[1:4],
    b[::-1],
    b.upper(),
    b.lower(),
    b.swapcase(),
    b.title(),
    b.capitalize(),
    b.find(b"o"),
    b.rfind(b"o"),
    b.find(111),
    b.count(b"l"),
    b.index(b"W"),
)
print(
    b.split(b", "),
    b.split(),
    b.replace(b"l", b"L", 1),
    b.startswith(b"He"),
    b.endswith((b"x", b"d")),
    b.partition(b","),
    b.strip(b"Hd"),
    b.center(16, b"*"),
    b.zfill(15),
    b"-1".zfill(4),
)
print(
    b"a,b".join([b"1", b"2"]),
    b"abc".translate(bytes(range(256)), b"b"),
    bytes.maketrans(b"a", b"b")[97],
    b"a\tb".expandtabs(4),
    b"a\nb\r\n".splitlines(),
    72 in b,
    b"lo" in b,
    list(b"ab"),
    b"x" * 3,
    b"a" + bytearray(b"b"),
    bytearray(b"a") + b"b",
)
print(
    b"1".isdigit(),
    b"a".isalpha(),
    b"A".isupper(),
    b" ".isspace(),
    b"a1".isalnum(),
    b"\x80".isascii(),
    b"Ab".istitle(),
    b"pre-x".removeprefix(b"pre-"),
    b"abc".decode(),
    b"%d %s %r %x %c" % (1, b"s", "r", 255, 65),
    b"a" < b"b",
    b"a" == "a",
)
for bad in (
    "b + 'a'",
    "b.find('a')",
    "b[100]",
    "b['a']",
    "b.split('a')",
    "b''.join(['a'])",
    "'a' in b",
    "300 in b",
    "b.index(b'zz')",
    "b.replace(1, 2)",
    "b[0] = 1",
    "b'%s' % 'a'",
    "b'%d' % b'1'",
    "b.startswith('a')",
    "b.center(5, 'a')",
):
    try:
        if "=" in bad:
            exec(bad)
        else:
            print(eval(bad))
    except Exception as e:
        print(bad, type(e).__name__, e)
