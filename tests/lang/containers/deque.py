from collections import deque

d = deque([1, 2, 3], maxlen=4)
d.append(4)
d.append(5)
d.appendleft(0)
print(d, d.maxlen, d[0], d[-1], len(d), d.pop(), d.popleft(), d, 3 in d, d.index(3), d.count(2))
d.extend([7, 8, 9])
d.extendleft("ab")
print(d)
d.rotate(1)
print(d)
d.rotate(-2)
d.reverse()
d.insert(1, "i") if len(d) < 4 else None
print(d, d.copy() == d, list(reversed(d)), deque("abc") + deque("d"), deque([1]) * 3, deque([1, 2]) < deque([1, 3]))
e = deque(range(5))
del e[1]
e[0] = 100
e.remove(3)
print(e, deque(), repr(deque([1], 2)))
for bad in (
    "deque().pop()",
    "deque().popleft()",
    "deque([1])[5]",
    "deque([1]).remove(2)",
    "deque([1], -1)",
    "deque([1], 'a')",
    "deque(1)",
    "deque([1]).index(5)",
    "deque([1, 2], 2).insert(0, 1)",
    "deque([1]) + [1]",
    "hash(deque())",
    "deque([1])[0:1]",
):
    try:
        print(eval(bad))
    except Exception as ex:
        print(bad, type(ex).__name__, ex)
try:
    for x in e:
        e.append(x)
except RuntimeError as ex:
    print(ex)
