a = [1, 2, 3, 4]
seen = []
for x in a:
    seen.append(x)
    if x == 2:
        a.remove(1)
    if len(a) < 6 and x == 4:
        a.extend([7, 8, 9])
print(seen, a)
it = iter(a)
next(it)
a.clear()
print(list(it), it.__length_hint__())
a.append(1)
print(next(it, "exhausted stays exhausted"))
r = reversed([1, 2, 3])
print(next(r), r.__length_hint__(), list(r), list(r))
b = [3, 2, 1]


class Evil:
    def __lt__(self, other):
        b.append(1)
        return True


b[:] = [Evil(), Evil(), Evil()]
try:
    b.sort()
except ValueError as e:
    print(e)
d = {1: 1, 2: 2}
try:
    for k in d:
        d[k + 10] = 1
except RuntimeError as e:
    print(e)
s = {1, 2, 3}
try:
    for k in s:
        s.add(k + 10)
except RuntimeError as e:
    print(e)
d = {1: 1, 2: 2}
try:
    for k in d:
        del d[k]
        d[k + 5] = 0
except RuntimeError as e:
    print(e)
