# Names that are not valid UTF-8 where a message shows them.
import unicodedata

for name in (b"\x00\xff", b"\xff", b"a\xe4\xb8", b"abc" * 30, "é"):
    try:
        unicodedata.lookup(name)
    except (KeyError, TypeError) as e:
        print(type(e).__name__, ascii(str(e)))
