"""Copying structures and instances."""

import copy


class Node:
    def __init__(self, value, children):
        self.value, self.children = value, children


def build(depth):
    return Node(depth, [build(depth - 1) for _ in range(3)] if depth else [])


def size(node):
    return 1 + sum(map(size, node.children))


def main():
    data = {
        "list": [list(range(20)) for _ in range(30)],
        "dict": {str(i): {"v": i} for i in range(100)},
        "tuple": ((1, 2), ([3],)),
    }
    for _ in range(60):
        twin = copy.deepcopy(data)
    assert twin == data and twin["list"][0] is not data["list"][0]
    tree = build(5)
    for _ in range(25):
        twin = copy.deepcopy(tree)
    assert size(twin) == 364
    for _ in range(120_000):
        copy.copy(data)


for _ in range(8):
    main()
