a, b = {1, 2, 3}, {3, 4}
print(
    sorted(a | b),
    a & b,
    sorted(a - b),
    sorted(a ^ b),
    a.union([9], (8,)) == {1, 2, 3, 8, 9},
    a.intersection(b, [3]),
    sorted(a.difference([1])),
    sorted(a.symmetric_difference([1, 10])),
)
print(
    a <= {1, 2, 3, 4},
    a < a,
    a >= {1},
    a.issubset(range(10)),
    a.issuperset([1]),
    a.isdisjoint([7]),
    a == {3, 2, 1},
    a != b,
    frozenset(a) == a,
    2 in a,
    len(a),
)
a.add(5)
a.discard(99)
a.remove(1)
a.update([6], {7})
print(sorted(a))
a &= {5, 6, 7}
a |= {1}
a -= {6}
a ^= {1, 2}
print(sorted(a))
a.intersection_update([2, 5])
a.difference_update([5])
a.symmetric_difference_update([2, 3])
print(a, a.pop(), a, set(), frozenset(), {*()} == set(), repr({"x"}), repr(frozenset({1})), set("a"))
for bad in (
    "set().pop()",
    "{1}.remove(2)",
    "{[]}",
    "{1} | [1]",
    "{1} + {2}",
    "hash(set())",
    "frozenset().add(1)",
    "set(1)",
    "{1} < [2]",
    "set(1, 2)",
    "{1}.union(1)",
    "{1}[0]",
    "{1} & 1",
    "{{1}}",
    "set().remove([])",
    "[] in set()",
):
    try:
        print(eval(bad))
    except Exception as e:
        print(bad, type(e).__name__, e)
print(
    hash(frozenset([1, 2])) == hash(frozenset([2, 1])),
    {frozenset([1]): "f"}[frozenset([1])],
    {1} in {frozenset([1])},
    type(frozenset([1]) | {2}),
    type({2} | frozenset([1])),
)
