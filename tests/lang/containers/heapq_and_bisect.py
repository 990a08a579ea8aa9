import bisect
import heapq

h = []
for v in (5, 1, 8, 3, 9, 2):
    heapq.heappush(h, v)
print(
    h[0],
    heapq.heappushpop(h, 0),
    heapq.heapreplace(h, 7),
    [heapq.heappop(h) for _ in range(len(h))],
    heapq.nlargest(2, [1, 5, 3]),
    heapq.nsmallest(2, ["bb", "a", "ccc"], key=len),
)
print(list(heapq.merge([1, 4], [2, 3], [0])), list(heapq.merge([4, 1], [3], reverse=True)))
m = [3, 1, 2]
heapq.heapify_max(m)
print(m[0], heapq.heappop_max(m), m)
a = [1, 3, 3, 5]
print(
    bisect.bisect_left(a, 3),
    bisect.bisect_right(a, 3),
    bisect.bisect(a, 4),
    bisect.bisect(a, 0),
    bisect.bisect_left(["a", "bbb"], 2, key=len),
)
bisect.insort(a, 4)
bisect.insort_left(a, 3)
print(a)
for bad in (
    "heapq.heappop([])",
    "heapq.heappush((), 1)",
    "bisect.bisect([1, 2], 'a')",
    "bisect.bisect([1], 1, -1)",
    "heapq.heapify(1)",
):
    try:
        print(eval(bad))
    except Exception as e:
        print(bad, type(e).__name__, e)
