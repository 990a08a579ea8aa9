import io, sys

print(1, "a", None, sep="-", end="!\n")
print()
print("", "", sep="|")
print(*[1, 2, 3], sep=", ")
print("x", file=sys.stdout, flush=True)
o = io.StringIO()
print("to", "string", file=o, end="")
print(repr(o.getvalue()))


class W:
    def __init__(self):
        self.parts = []

    def write(self, s):
        self.parts.append(s)


w = W()
print(1, [2], file=w)
print(w.parts)
print(file=w, sep=None, end=None)
print("none ok", sep=None, end=None)
for bad in (
    lambda: print(1, sep=5),
    lambda: print(1, end=b""),
    lambda: print(1, file=5),
    lambda: print(1, flush=True, file=w),
    lambda: print(1, bad=1),
):
    try:
        bad()
    except Exception as e:
        print(type(e).__name__, e)


class S:
    def __str__(self):
        return "str of S"

    def __repr__(self):
        return "repr of S"


print(S(), [S()], {"k": S()}, (S(),))
old, sys.stdout = sys.stdout, None
print("lost")
sys.stdout = old
sys.stdout.write("direct\n")
print("é ☃ 😀", ascii("é"))
