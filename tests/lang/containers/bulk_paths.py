# Containers filled from lists, tuples and each other in one go do what they do item by item: bounded deques drop from the
# front, bad bytes raise where they stand, equality that Python decides is asked, and changes made by it are seen.
import collections
import io
import itertools


class Byte:
    def __index__(self):
        return 7


class Key:
    def __init__(self, n, hook=None):
        self.n, self.hook = n, hook

    def __hash__(self):
        return hash(self.n)

    def __eq__(self, other):
        if self.hook:
            self.hook()
        return self.n == (other.n if isinstance(other, Key) else other)

    def __repr__(self):
        return f"Key({self.n})"


class Loud:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        print("gone", self.n)


def attempt(function, *args):
    try:
        print(function(*args))
    except Exception as error:
        print(type(error).__name__, error)


# bytes and bytearray
for make in (bytes, bytearray):
    for source in ([1, 2, 255], (0,), [], (), [True, Byte(), 3], [256], [-1], [1, "a"], [2**40], [1.5], range(3)):
        attempt(make, source)
b = bytearray()
for i in range(40):
    b.append(i)
    if i % 3 == 0:
        del b[0]
print(bytes(b), b[0], b[-1])
attempt(b.append, 256)
attempt(lambda: b[100])
attempt(lambda: b[-100])
with memoryview(b):
    attempt(b.append, 1)
    attempt(b.pop)
print(bytearray(source=b"x"), bytearray("é", "latin-1"), bytearray(3), len(bytearray()))
attempt(bytearray, "x")
attempt(lambda: bytearray(nope=1))

# deque
for n in (0, 1, 3, 10, 20):
    d = collections.deque(range(5), 8)
    d.extend(list(range(100, 100 + n)))
    d.extend(tuple(range(200, 200 + n)))
    print(n, list(d), len(d))
d = collections.deque(maxlen=2)
d.extend([Loud(i) for i in range(4)])
print([x.n for x in d])
d.extend((Loud(9),))
d.clear()
d = collections.deque([1, 2, 3])
d.rotate(1)
d.extend([4] * 10)
d.extend(d)
print(d, collections.deque(maxlen=0, iterable=[1, 2]))
attempt(collections.deque, 1)
attempt(collections.deque, [1], -1)
i = iter(d)
next(i)
d.append(1)
attempt(next, i)

# sets
a, b = set(range(0, 40)), {Key(i) for i in range(20, 60)}
for result in (a & b, b & a, a | b, a - b, b - a, a ^ b):
    print(len(result), sorted(x.n if isinstance(x, Key) else x for x in result))
a = set(range(10))
a -= a
print(a, {1, 2} - {2}, {1, 2} ^ {2, 3}, {1, -1, -2} & {-1, -2}, {"a", "b"} | {"b", "c"} == {"a", "b", "c"})
a = set(range(30))
for i in range(25):
    a.discard(i)
print(sorted(a | {1}), sorted(a ^ {26, 3}), sorted(a & {1, 27}), sorted(a - {28}), sorted(set(a)))
other = set()
other.update(Key(i, lambda: other.clear()) for i in range(5))
first = set(range(5))
print(len(first & other), len(first - other) <= 5)

# dicts
d = {i: i for i in range(5)} | {i: -i for i in range(3, 8)}
print(d)
d = {"a": 1, "b": 2} | {"b": 3, 4: 5}
print(d, {4: 5} | {"a": 1}, {} | {1: 2})
d = {Key(1): "one", 2: "two"}
d.update({1: "uno", 2: "dos", Key(2): "due", 3: "tre"})
print(d)
victim = {Key(i, lambda: victim.clear() if len(victim) > 3 else None): i for i in range(4)}
attempt(lambda: {i: 0 for i in range(4)} | victim and "survived")
d = {1: Loud("old")}
d.update({1: 5})
print(dict.fromkeys([3, 1, 3, "x"]), dict.fromkeys("ab", 0), dict.fromkeys(iter((1, 2)), []))
attempt(dict.fromkeys, [[]])


# subclasses that take __getitem__ and __contains__ from the container
class D(dict):
    def __missing__(self, key):
        return ("missing", key)


class L(list):
    pass


class S(set):
    pass


d = D(a=1)
print(d["a"], d["b"], "a" in d, "b" in d, d.get("b"))
D.__getitem__ = lambda self, key: "mine"
print(d["a"])
del D.__getitem__
print(d["a"])
D.__missing__ = 5
attempt(lambda: d["q"])
D.__missing__ = staticmethod(lambda key: ("static", key))
print(d["q"])
del D.__missing__
attempt(lambda: d["q"])
l = L([1, 2, 3])
print(l[0], l[-1], l[1:], 2 in l)
L.__getitem__ = lambda self, i: "item"
print(l[0], list(l), [*iter(l)])
s = S([frozenset([1])])
print({1} in s, set() in s)
S.__contains__ = lambda self, key: "yes"
print(5 in s)

# iterators
print(list(itertools.chain([1], (2, 3), "ab", range(2), [])), list(itertools.chain.from_iterable([[1, 2]] * 3)))
a, b, c = itertools.tee([1, 2, 3] * 40, 3)
print(sum(a), sum(itertools.islice(b, 70)), next(b), sum(c), list(b)[-1])
print(list(itertools.islice([1, 2, 3, 4, 5, 6], 1, None, 2)), list(itertools.islice([1, 2], 5)), list(itertools.islice([1, 2, 3], 0)))
it = itertools.islice(iter([1, 2, 3, 4]), 2)
print(list(it), list(it))
print(list(itertools.islice(itertools.cycle([1, 2, 3]), 8)), list(itertools.cycle([])))
grow = [1]
print([x for x in itertools.chain(grow) if len(grow) < 5 and not grow.append(x + 1)])
x = [1, 2, 3, 4, 5]
r = reversed(x)
next(r)
del x[1:]
print(list(r), list(reversed([1, 2, 3])))
x = [[]] * 3 * 4
x[0].append(1)
print(x, [1] * 0, [1, 2] * -1, [None] * 3)

# unpacking
p, *q = [1, 2, 3]
*m, n = (1, 2, 3)
a, *b, c, e = range(6)
print(p, q, m, n, a, b, c, e)
first, *rest = "x"
print(first, rest)
attempt(lambda: [0 for a, *b, c in [[1]]])
attempt(lambda: [0 for a, *b in [[]]])
attempt(lambda: [0 for a, *b in [5]])
q.append(9)
print(q)

# streams
f = io.BytesIO()
print([f.write(bytes([i]) * i) for i in range(12)], f.tell(), f.getvalue()[-5:])
f.seek(2)
f.write(f.getvalue())
print(len(f.getvalue()), f.write(b""), f.write(memoryview(b"zz")), f.getvalue()[-3:])
f.write = 5
print(f.write)
del f.write
print(f.write(b"q"))
view = f.getbuffer()
attempt(f.write, b"x")
view.release()
f.close()
attempt(f.write, b"x")

# tuples that itertools hands out again, and lists of characters
for make in (lambda: itertools.product("ab", [1, 2], repeat=2), lambda: itertools.combinations("abcde", 3), lambda: itertools.permutations("abcd", 2),
             lambda: itertools.combinations_with_replacement("abc", 2), lambda: itertools.permutations([], 0), lambda: itertools.combinations("ab", 0),
             lambda: itertools.product(), lambda: itertools.product("", "a"), lambda: itertools.permutations("abc")):
    kept = list(make())
    print(len(kept), len(set(kept)), kept[:3], kept[-1:])
    again, passing = [], make()
    for x in passing:
        again.append("".join(map(str, x)))
        del x
    print(again == ["".join(map(str, k)) for k in kept], list(passing))
print(list(""), list("aé"), list("a€"), [*"xy", *"\U0001f600"], "-".join("abc"), "é".join("€a"), sorted("hello"), tuple("ab"))
x = [1]
x.extend("ab")
x += "€"
x[1:1] = "zé"
print(x)
