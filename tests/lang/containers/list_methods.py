a = [3, 1, 2]
a.append(4)
a.extend("xy")
a.insert(0, "first")
a.insert(100, "last")
a.insert(-1, "before-last")
print(a, a.pop(), a.pop(0), a.pop(-2), a.index(1), a.count(3))
a.remove("x")
a.reverse()
print(a, a.copy() == a, a.copy() is a, len(a))
a.clear()
print(a)
b = [1, 2, 3]
b += (4, 5)
b *= 2
print(b, b + [6], [0] * 3, 2 * [1], [] * 5, [1] * -1, b == b[:], [1, 2] < [1, 3], [[]] * 2)
for bad in (
    "[].pop()",
    "[1].pop(5)",
    "[1].remove(2)",
    "[1].index(9)",
    "[1].index(1, 1)",
    "[1] + (2,)",
    "[1] * 'a'",
    "[1] * 1.5",
    "[].insert('a', 1)",
    "[1].extend(1)",
    "[1]['a']",
    "[1][2]",
    "[1][1.0]",
    "list(1)",
    "list(1, 2)",
    "[].append()",
    "[].append(1, 2)",
    "hash([])",
    "[].pop('a')",
    "[].sort(1)",
    "list(x=1)",
):
    try:
        print(eval(bad))
    except Exception as e:
        print(bad, type(e).__name__, e)
c = [1]
c.append(c)
print(c, c == c, repr([c]))
