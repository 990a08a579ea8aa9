class Node:
    def __init__(self, v, *kids):
        self.v, self.kids = v, kids

    def __iter__(self):
        yield self.v
        for k in self.kids:
            yield from k

    def post(self):
        for k in self.kids:
            yield from k.post()
        yield self.v


t = Node(1, Node(2, Node(3)), Node(4, Node(5), Node(6, Node(7))))
print(list(t), list(t.post()), sum(t), max(t))


def numbers():
    yield from range(20)


def odd(s):
    return (x for x in s if x % 2)


def square(s):
    for x in s:
        yield x * x


def window(s, n):
    buf = []
    for x in s:
        buf.append(x)
        if len(buf) == n:
            yield tuple(buf)
            buf.pop(0)


print(list(window(square(odd(numbers())), 3))[:3])


def averager():
    total = n = 0
    avg = None
    while True:
        v = yield avg
        total += v
        n += 1
        avg = total / n


a = averager()
next(a)
print([a.send(v) for v in (10, 20, 60)])


def scheduler(tasks):
    queue = list(tasks)
    while queue:
        t = queue.pop(0)
        try:
            print(next(t), end=" ")
            queue.append(t)
        except StopIteration:
            pass


def task(name, n):
    for i in range(n):
        yield f"{name}{i}"


scheduler([task("a", 3), task("b", 1), task("c", 2)])
print()


def perms(items):
    if not items:
        yield ()
    for i, x in enumerate(items):
        for p in perms(items[:i] + items[i + 1 :]):
            yield (x, *p)


print(len(list(perms([1, 2, 3, 4]))), next(perms("ab")))
