s = "aé€😀"
for codec in (
    "utf-8",
    "utf-16-le",
    "utf-16",
    "utf-32-be",
    "utf-7",
    "latin-1",
    "ascii",
    "cp1252",
    "punycode",
    "unicode_escape",
    "raw_unicode_escape",
):
    for errors in ("strict", "replace", "ignore", "backslashreplace", "xmlcharrefreplace", "namereplace"):
        try:
            print(codec, errors, s.encode(codec, errors))
        except UnicodeEncodeError as e:
            print(codec, errors, e)
for data in (b"\xff", b"\xc3", b"\xe2\x82", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"a\xc3(b", b"\xc0\x80"):
    for errors in ("strict", "replace", "ignore", "backslashreplace", "surrogateescape"):
        try:
            print(data, errors, ascii(data.decode("utf-8", errors)))
        except UnicodeDecodeError as e:
            print(data, errors, e, e.start, e.end, e.reason)
print(ascii("\udc80".encode("utf-8", "surrogateescape")), "\ud800".encode("utf-8", "surrogatepass"))
for bad in (
    "'a'.encode('nope')",
    "b'a'.decode('nope')",
    "'\\ud800'.encode()",
    "'a'.encode('utf-8', 'nope')",
    "'é'.encode('ascii', 'nope')",
    "'a'.encode(1)",
    "'a'.encode('hex')",
):
    try:
        print(eval(bad))
    except Exception as e:
        print(bad, type(e).__name__, e)
print(str(b"abc", "ascii"), str(b"abc"), str(bytearray(b"\xc3\xa9"), "utf-8", "strict"), bytes("é", "utf-16-be"))
