# The arguments of a generic alias may be lists, which may contain themselves.
a=[1]; a.append(a)
print(list[a, 1])
print(dict[[int, [str]], [a]])
print(list[[], ...], list[[list[int], ...]])
print(repr(a[1]))
b = []
b.append(list[b])
try:
    repr(b)
except RecursionError as e:
    print(type(e).__name__)
