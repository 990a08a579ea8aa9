a = [3, "x", 1, 2]
try:
    a.sort()
except TypeError as e:
    print(e)
print(sorted(map(str, a)))


class Boom:
    def __init__(self, n):
        self.n = n

    def __lt__(self, other):
        if self.n == 0:
            raise RuntimeError("cannot compare")
        return self.n < other.n


items = [Boom(3), Boom(0), Boom(2)]
try:
    items.sort()
except RuntimeError as e:
    print(e, sorted(i.n for i in items))
b = [1, 2, 3]
try:
    b.sort(key=lambda v: 1 / (v - 2))
except ZeroDivisionError as e:
    print(e, b)
seen = []
c = [3, 1, 2]
c.sort(key=lambda v: seen.append(len(c)) or v)
print(seen, c)
