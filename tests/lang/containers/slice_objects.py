s = slice(1, 10, 2)
print(
    s,
    s.start,
    s.stop,
    s.step,
    s.indices(5),
    slice(None, None, -1).indices(4),
    slice(5),
    slice(-3, None).indices(10),
    s == slice(1, 10, 2),
    slice(1) < slice(2),
    hash(slice(1, 2)) == hash(slice(1, 2)),
)


class Show:
    def __getitem__(self, key):
        return key

    def __setitem__(self, key, value):
        print("set", key, value)

    def __delitem__(self, key):
        print("del", key)


x = Show()
print(x[1], x[1:2], x[::], x[1, 2], x[1:2, ::3], x[...], x[()], x[*(1, 2)], x[*(1, 2), 3:4], x["a":"b"])
x[1:2] = 3
x[1, ...] = 4
del x[::2], x[0]
for bad in (
    "slice()",
    "slice(1).indices(-1)",
    "slice('a').indices(5)",
    "slice(1, 2, 0).indices(5)",
    "[1][slice('a')]",
    "slice(1).start.x",
):
    try:
        print(eval(bad))
    except Exception as e:
        print(bad, type(e).__name__, e)
