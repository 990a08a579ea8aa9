import dis
import math


def slow_sqrt(n):
    result = []
    for i in range(n):
        result.append(math.sqrt(i))
    return result


def fast_sqrt(n):
    result = []
    sqrt = math.sqrt
    append = result.append
    for i in range(n):
        append(sqrt(i))
    return result


def comprehension(n):
    return [math.sqrt(i) for i in range(n)]


def mapped(n):
    return list(map(math.sqrt, range(n)))


a = slow_sqrt(10_000)
print(a == fast_sqrt(10_000) == comprehension(10_000) == mapped(10_000), a[2], math.fsum(a))
names = sorted({i.argval for i in dis.get_instructions(slow_sqrt) if i.opname.startswith("LOAD_ATTR")})
print(names, sorted({i.argval for i in dis.get_instructions(fast_sqrt) if i.opname.startswith("LOAD_GLOBAL")}))
words = ["w%d" % i for i in range(2000)]
joined = "".join(words)
plus = ""
for w in words:
    plus += w
print(joined == plus, len(joined), any(w == "w1999" for w in words), sum(map(len, words)), max(words, key=len))
lookup = set(words)
print(sum(w in lookup for w in ("w5", "nope", "w1999")), sorted(lookup) == sorted(words))
