s = ""
for i in range(2000):
    s += chr(97 + i % 26)
print(len(s), s[:30], s[-5:])
t = s
t += "é"
print(len(s), len(t), t[-1], s[-1])
u = "".join(str(i) for i in range(1000))
print(len(u), hash(u) == hash("".join(map(str, range(1000)))), u.count("9"))
parts = []
for i in range(300):
    parts.append("%d:%s" % (i, chr(0x4E00 + i)))
joined = ",".join(parts)
print(len(joined), len(joined.encode()), joined.split(",")[299] == parts[299])
v = "ab" * 10
v *= 3
print(v, v * 0, len("x" * 10**6), ("é" * 1000 + "a")[::-1][0], ("abc" * 100).replace("b", "longer").count("longer"))
d = {}
for w in ("the cat the dog a cat " * 50).split():
    d[w] = d.get(w, 0) + 1
print(d)
for bad in (
    lambda: "a" * 2**62,
    lambda: "a" + 1,
    lambda: 1 + "a",
    lambda: "a" + b"b",
    lambda: "a" * "b",
    lambda: "a" * 1.5,
    lambda: "a" % (1,),
    lambda: "ab" - "b",
    lambda: "x" + None,
):
    try:
        bad()
    except (TypeError, MemoryError, OverflowError) as e:
        print(type(e).__name__, e)
