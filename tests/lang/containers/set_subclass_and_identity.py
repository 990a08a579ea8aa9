class S(set):
    def __repr__(self):
        return "S<" + ",".join(map(str, sorted(self))) + ">"


s = S([3, 1])
print(s, type(s | {2}), type({2} | s), type(s.copy()), type(s.union([1])), s == {1, 3}, len(s))
f = frozenset([1, 2])
print(frozenset(f) is f, f.copy() is f, type(f & {1}), f.union([3]) == {1, 2, 3})
big = set(range(1000))
big -= set(range(0, 1000, 2))
print(len(big), min(big), max(big), 501 in big, 500 in big)
for i in range(1000):
    big.discard(i)
print(big, bool(big))
s = {0, 1, 2}
s.add(True)
s.add(2.0)
print(s, {1.0, 1}, {True, 1})
