a = list(range(10))
a[2:5] = ["a"]
print(a)
a[::2] = "vwxy"
print(a)
a[5:2] = [99]
print(a)
a[len(a) :] = [1, 2]
a[:0] = (0,)
print(a)
del a[1:3], a[::3]
print(a)
a[:] = a[::-1]
print(a)
a[1:2] = a
print(a)
del a[10:0:-2]
print(a)
for bad in (
    "a[::2] = [1]",
    "a[0] = ",
    "a[::0]",
    "a[1:2] = 5",
    "a[100] = 1",
    "del a[100]",
    "a[::-1] = [1]",
    "a['x'] = 1",
    "del a['x']",
    "a[::0] = []",
):
    try:
        exec(bad)
        print(bad, a)
    except Exception as e:
        print(bad, type(e).__name__, e)
b = [1, 2, 3]
b[0:1], b[2] = [9, 10], 8
print(b)
