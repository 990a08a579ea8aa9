# Comparing and searching containers: identical, equal and odd items; comparisons that change what they compare.
import collections

nan = float("nan")
print([nan] == [nan], [nan] == [float("nan")], [1, 2] == [1.0, True + 1], [1, "a", (2,)] == [1, "a", (2,)])
print([1000, 2**70, "x" * 50] == [1000, 2**70, "x" * 50], [1, 2, 3] < [1, 2, 4], [1] < [1, 0], [2] > [1, 5])
print([0, False, 0.0].index(False), [1, True, 1.0, "1"].count(1), [1, 2, 3, 2].index(2, 2), [1, 2].count("1"))
for stop in range(4):
    try:
        print([5, 6, 7].index(7, 0, stop))
    except ValueError as error:
        print(error)


class Clears:
    def __init__(self, target):
        self.target = target

    def __eq__(self, other):
        self.target.clear()
        return True

    __hash__ = None


a = [1, 2]
a.append(Clears(a))
print(a == [1, 2, 3, 4][:3], a)
b = [7, 8]
b.append(Clears(b))
print(b.count(9), b)
c = collections.deque([1, 2])
c.append(Clears(c))
try:
    print(9 in c)
except RuntimeError as error:
    print(error)
d = collections.deque(range(3), 5)
d.extend(range(10, 20))
print(d, 13 in d, 19 in d, d.index(17), d.count(18))
d.extendleft("ab")
print(d)
e = collections.deque()
e.extend(e)
e.extendleft(range(20))
e.extend(e)
print(len(e), e[0], e[-1], list(reversed([1, 2, 3])))
print(bytes(range(256)) == bytearray(list(range(256))), len(bytes(list(range(256)) * 5)), bytes([True, False]))


class Index:
    def __index__(self):
        return 65


print(bytes([Index(), 66]), bytearray(i for i in (1, 2, Index())))
for bad in ([256], [-1], ["a"], [2**70], [1.0]):
    for kind in (bytes, bytearray):
        try:
            kind(bad)
        except (ValueError, TypeError) as error:
            print(kind.__name__, type(error).__name__, error)
r = reversed(x := [1, 2, 3])
print(next(r), x.pop(), x.pop(), list(r))
print(isinstance(5, str | int), isinstance(5, str | None), isinstance(None, str | None), isinstance([], list | tuple))


class Proxy:
    @property
    def __class__(self):
        return str


print(isinstance(Proxy(), str), isinstance(Proxy(), int | str), isinstance(Proxy(), int))
print(int("123456789012345678901234567890"), int("1_000_000_000_000_000_000_000"), int("z" * 20, 36), int("zz", 36))
for text, base in (("9" * 13, 10), ("12345678901234567890123", 4), ("1__2", 10), ("7" * 30, 8), ("8", 8), ("", 10), ("_1", 10)):
    try:
        print(int(text, base))
    except ValueError as error:
        print(error)
