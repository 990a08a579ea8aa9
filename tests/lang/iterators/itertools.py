import itertools as I
import operator

print(
    list(I.chain([1], "a")),
    list(I.chain.from_iterable(["ab", "c"])),
    list(I.islice(range(10), 2, 9, 3)),
    list(I.islice(I.count(5, 2), 3)),
    list(I.islice(I.cycle("ab"), 5)),
    list(I.repeat(1, 2)),
    list(I.accumulate([1, 2, 3])),
    list(I.accumulate([1, 2, 3], operator.mul, initial=10)),
)
print(
    list(I.combinations("abc", 2)),
    list(I.permutations([1, 2, 3], 2)),
    list(I.product("ab", [0, 1])),
    list(I.product([0, 1], repeat=2)),
    list(I.combinations_with_replacement("ab", 2)),
    list(I.compress("abcd", [1, 0, 1])),
    list(I.dropwhile(lambda x: x < 3, [1, 3, 2])),
    list(I.takewhile(lambda x: x < 3, [1, 3, 2])),
    list(I.filterfalse(None, [0, 1])),
    list(I.starmap(pow, [(2, 3)])),
    list(I.zip_longest([1], "ab", fillvalue="-")),
    list(I.pairwise("abc")),
    list(I.batched("abcde", 2)),
)
print(
    [(k, list(g)) for k, g in I.groupby("aabca")],
    [(k, len(list(g))) for k, g in I.groupby([1, 3, 2, 4], key=lambda x: x % 2)],
)
a, b = I.tee(iter([1, 2, 3]))
print(next(a), list(b), list(a))
print(
    list(I.islice(I.count(0.5, 0.25), 3)),
    I.count(3),
    I.repeat("x", 3),
    I.repeat(1),
    next(I.count(2**63 - 1)),
    list(I.islice(I.count(-1, -1), 2)),
)
for bad in (
    "I.islice([], -1)",
    "I.combinations('a', -1)",
    "I.batched('a', 0)",
    "I.chain(1).__next__()",
    "I.count('a')",
    "I.repeat(1, 'a')",
    "I.product(1)",
    "I.islice([1], 1, 2, 0)",
    "list(I.starmap(pow, [1]))",
    "list(I.batched('abc', 2, strict=True))",
    "I.tee([], -1)",
    "list(I.zip_longest([1], x=1))",
    "list(I.accumulate([1, 'a']))",
    "I.groupby()",
    "list(I.permutations([1], 'a'))",
):
    try:
        print(eval(bad))
    except Exception as e:
        print(bad, "|", type(e).__name__, e)
g = I.groupby([1, 1, 2])
k1, g1 = next(g)
k2, g2 = next(g)
print(list(g1), list(g2))
