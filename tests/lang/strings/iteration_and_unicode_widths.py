import sys

s = "aé€😀"
print(
    [ascii(c) for c in s],
    len(s),
    [ord(c) for c in s],
    [ascii(chr(n)) for n in (0, 65, 233, 0x20AC, 0x1F600, 0x10FFFF)],
    list(reversed("abc")),
)
for bad in ("chr(-1)", "chr(0x110000)", "ord('ab')", "ord('')", "ord(1)", "chr('a')", "ord(b'ab')", "chr(2**70)"):
    try:
        eval(bad)
    except Exception as e:
        print(bad, type(e).__name__, e)
print(ascii(s * 2), ascii(s + "x"), s * 0 == "", "ab" * -1 == "", 3 * "ab", len("x" * 100000), ord(b"a"))
sizes = [sys.getsizeof(t) - sys.getsizeof("") for t in ("a" * 10, "é" * 10, "€" * 10, "😀" * 10)]
print(sizes[0], sizes[1] < sizes[2] < sizes[3])
it = iter("ab")
print(next(it), it.__length_hint__(), next(it), next(it, "end"), next(it, "end"))
t = "".join(chr(c) for c in (0x61, 0x100, 0x10000))
print(ascii(t[:1] + t[1:2]), max(t[:2]) == "\u0100", (t[:1]).isascii(), t.encode("utf-16-le").hex())
