from collections import deque

my_deque = deque(range(10_000))
for _ in range(5000):
    my_deque.append(my_deque.popleft())
    my_deque.appendleft(my_deque.pop())
print(len(my_deque), my_deque[0], my_deque[-1], sum(my_deque))
recent = deque(maxlen=3)
for i in range(6):
    recent.append(i)
print(recent, recent.maxlen, list(reversed(recent)))
my_deque.rotate(100)
print(my_deque[0], my_deque.index(0), my_deque.count(42))


def bfs(graph, start):
    seen, queue, order = {start}, deque([start]), []
    while queue:
        node = queue.popleft()
        order.append(node)
        for n in graph[node]:
            if n not in seen:
                seen.add(n)
                queue.append(n)
    return order


graph = {i: [(i * 2 + 1) % 15, (i * 2 + 2) % 15] for i in range(15)}
print(bfs(graph, 0))


def moving_average(values, n):
    window, total = deque(), 0
    for v in values:
        window.append(v)
        total += v
        if len(window) > n:
            total -= window.popleft()
        if len(window) == n:
            yield total / n


print(list(moving_average([1, 2, 3, 10, 20], 3)))
d = deque("abc")
d.extendleft("xyz")
d.remove("b")
d.insert(1, "!")
del d[0]
print(d, d.copy() == d, deque([1, 2]) < deque([1, 3]), "a" in d)
