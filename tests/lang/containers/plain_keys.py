# Look-ups and steps that need no Python code give what the general way gives: numbers of any size and sign, equal keys of
# other types, iterators that are taken over, texts with a common start.
import io
import itertools
import random


class Eq:
    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return hash(self.n)

    def __eq__(self, other):
        return self.n == other


def attempt(function, *args):
    try:
        print(function(*args))
    except Exception as error:
        print(type(error).__name__, error)


numbers = [0, 1, -1, -2, 256, 257, 700, -5, -6, 2**30 - 1, 2**30, -(2**30), 2**31, 2**60 - 1, 2**60, 2**61 - 2, 2**61 - 1,
           2**61, -(2**61) + 1, -(2**61), 2**62, 2**63, 10**30, -(10**30)]
s, d = set(numbers[::2]), {n: str(n) for n in numbers[::2]}
print([n in s for n in numbers])
print([n in d for n in numbers])
print([n + 0 in s for n in numbers], 700 in s, 2**61 - 1 in s, -(2**60) in s)
for n in numbers:
    n = n + 1 - 1
    attempt(lambda: d[n])
print(1.0 in {1}, 1 in {1.0}, True in {1}, 1 in {True}, 1 in {True: 0}, {1.0: "float"}[1], {True: "true"}[1])
e = {Eq(700): "seven hundred"}
print(700 in e, e[700], 701 in e, 700 in {Eq(700)}, 700 in frozenset([Eq(700)]), 5 in {"a": 1}, 5 in {"a"})
attempt(lambda: {"a": 1}[700])
attempt(lambda: {}[700])
attempt(lambda: [] in {1})
attempt(lambda: [] in {1: 2})
t = {(1, "a"): 1, (1, 2.0): 2, (Eq(3),): 3}
print(t[1, "a"], t[1, 2], t[(3,)], (1, "b") in t)


class Loud:
    def __init__(self, act):
        self.act = act

    def __del__(self):
        self.act()


def reenter():
    print("gone after", seen)


lists = [[1, 2], [3, [Loud(reenter)]], [4], [], [5, [Loud(reenter)]], [6, 7], (7, 8), [9], "a", [10]]
chain, seen = itertools.chain.from_iterable(lists), []
for x in chain:
    # From here on the chain alone has the lists that it is through with.
    for i, items in enumerate(lists):
        if type(items) is list and x in items:
            lists[i] = None
            break
    items = None
    seen.append(x if isinstance(x, (int, str)) else "list")
    x = None
print(seen)
print(list(itertools.chain([], [], [1], [], iter([2, 3]), {4: 5}, [6])))
grow = [1]
chain = itertools.chain(grow, [10, 11])
print(next(chain), next(chain), grow.append(2), list(chain))
shared = iter([1, 2, 3])
chain = itertools.chain(shared, [4], shared, [5])
print(next(chain), list(shared), list(chain))

random.seed(3)
for words in (["abcabcabc" * (i % 7) for i in range(100)], ["prefix-prefix-" + str(i * 7919 % 101) for i in range(150)],
              ["x" * random.randrange(12) for _ in range(80)], ["\0" * (i % 9) for i in range(60)],
              ["aBc" * (i * 7 % 31) for i in range(200)], ["é" * (i % 5) + "a" for i in range(90)]):
    plain = sorted(words)
    print(all(a <= b for a, b in zip(plain, plain[1:])), sorted(words, reverse=True) == plain[::-1], sorted(plain) == plain)
    pairs = sorted(((w, i) for i, w in enumerate(words)), key=lambda p: p[0])
    print(all(a[0] < b[0] or a[0] == b[0] and a[1] < b[1] for a, b in zip(pairs, pairs[1:])))

for n in (0, 1, 7, 8, 9, 10, 100):
    print(tuple(map(str, range(n))) == tuple(str(i) for i in range(n)), len(tuple(iter(range(n)))), tuple(reversed([n] * n)) == (n,) * n)


def failing():
    yield 1
    raise KeyError("stop")


attempt(tuple, failing())
print(list(map(abs, [-1, -2])), list(map(pow, [2, 3], [3, 2])), list(map(str, [])))
attempt(lambda: list(map(int, ["1", "x"])))
attempt(lambda: list(map(int, ["1", "2"], strict=True)))
x = [1, 2, 3]
x.extend(reversed(x))
r = reversed(x)
print(x, next(r), list(r), list(r), tuple(reversed(x)), [0, *reversed(x)])
r = reversed(x)
x.clear()
print(list(r))

text = io.StringIO()
print(text.write("abc"), text.getvalue(), text.write("dé"), text.getvalue(), text.getvalue(), text.write("€😀"), text.getvalue(), text.tell())
print(text.seek(1), text.write("X"), text.getvalue(), text.seek(0), text.readline(), text.seek(0, 2), text.write("end"), text.getvalue())
text = io.StringIO("one\ntwo\r\nthree")
print(list(text), repr(text.getvalue()), text.truncate(3), text.getvalue())
text = io.StringIO(newline="\r\n")
print(text.write("a\nb"), repr(text.getvalue()), repr(io.StringIO("x\r\ny", newline=None).getvalue()))
text = io.StringIO()
print(repr(text.getvalue()), text.write("é" * 300), len(text.getvalue()), text.seek(400), text.write("z"), len(text.getvalue()))


class Add(int):
    def __add__(self, other):
        return "own"


print(list(itertools.accumulate([1, 2, 2**40, -5, True, 2.5, 3])), list(itertools.accumulate([Add(1), 2])), list(itertools.accumulate([1, Add(2)])),
      list(itertools.accumulate([])), list(itertools.accumulate([1, 2], initial=7)), list(itertools.accumulate([2**70] * 3))[-1])
attempt(lambda: list(itertools.accumulate([1, "a"])))
