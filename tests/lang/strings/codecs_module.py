import codecs, io

print(
    codecs.lookup("utf8").name,
    codecs.getencoder("latin-1")("é"),
    codecs.decode(b"abc", "ascii"),
    codecs.BOM_UTF8,
    [codecs.lookup(n).name for n in ("UTF-8", "latin1", "ISO-8859-15", "cp1252", "utf_16", "ascii", "koi8-r")],
)
d = codecs.getincrementaldecoder("utf-8")()
print([ascii(d.decode(bytes([b]))) for b in "é€😀".encode()], d.getstate())
e = codecs.getincrementalencoder("utf-16")()
print(e.encode("a"), e.encode("b"))
codecs.register_error(
    "mine",
    lambda err: (
        "<%s>" % err.object[err.start : err.end].encode("unicode_escape").decode()
        if isinstance(err, UnicodeEncodeError)
        else "?",
        err.end,
    ),
)
print("aéb".encode("ascii", "mine"), b"a\xffb".decode("utf-8", "mine"))
codecs.register_error("bad", lambda err: 5)
for bad in (
    lambda: "é".encode("ascii", "bad"),
    lambda: codecs.lookup("nope"),
    lambda: codecs.lookup_error("nope"),
    lambda: codecs.register_error("x", 5),
    lambda: b"\xff".decode("utf-16"),
    lambda: b"\x00".decode("utf-32"),
    lambda: "a".encode("idna") and "..".encode("idna"),
    lambda: codecs.charmap_encode("é", "strict", {}),
):
    try:
        print(bad())
    except Exception as x:
        print(type(x).__name__, x)


def search(name):
    if name == "upper":
        return codecs.CodecInfo(
            lambda s, e="strict": (s.upper().encode(), len(s)),
            lambda b, e="strict": (bytes(b).decode().lower(), len(b)),
            name="upper",
        )


codecs.register(search)
print("abc".encode("upper"), b"ABC".decode("upper"))
r = codecs.getreader("utf-8")(io.BytesIO("é\nx".encode()))
print(r.readline(), r.read())
w = codecs.getwriter("utf-16-le")(b := io.BytesIO())
w.write("hi")
print(
    b.getvalue(),
    codecs.escape_decode(rb"a\n\x41"),
    codecs.unicode_escape_decode(rb"\u00e9")[0],
    "münchen.de".encode("idna"),
    b"xn--mnchen-3ya.de".decode("idna"),
    "ü".encode("punycode"),
)
for c in (
    "cp437",
    "cp1251",
    "iso8859_2",
    "shift_jis",
    "euc_jp",
    "gb2312",
    "gbk",
    "big5",
    "euc_kr",
    "utf_8_sig",
    "mac_roman",
):
    t = {
        "cp1251": "Привет",
        "shift_jis": "日本",
        "euc_jp": "日本",
        "gb2312": "中文",
        "gbk": "中文",
        "big5": "中文",
        "euc_kr": "한국",
    }.get(c, "abc")
    print(c, t.encode(c).hex(), t.encode(c).decode(c) == t)
