s = "héllo wörld"
print(s[0], s[-1], s[1:4], s[::-1], s[::3], s[-3:], s[:-8:-2], s[20:], s[5:2], s[:], s[-100:3], s[2:100])
for bad in ("s[100]", "s[-100]", "s['a']", "s[1.0]", "s[None]", "s[::0]", "s[1:'a']"):
    try:
        eval(bad)
    except (IndexError, TypeError, ValueError) as e:
        print(bad, type(e).__name__, e)


class I:
    def __index__(self):
        return 1


print(s[I()], s[I():4], "abc"[True])
try:
    s[0] = "x"
except TypeError as e:
    print(e)
try:
    del s[0]
except TypeError as e:
    print(e)
