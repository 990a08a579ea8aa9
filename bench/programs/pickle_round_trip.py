"""Pickling lists, dictionaries and instances."""

import pickle


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y


def main():
    data = {
        "ints": list(range(2_000)),
        "strings": [f"string {i}" for i in range(1_000)],
        "nested": [{"a": i, "b": (i, float(i))} for i in range(700)],
        "points": [Point(i, -i) for i in range(500)],
    }
    for _ in range(90):
        blob = pickle.dumps(data, 5)
        copy = pickle.loads(blob)
    assert copy["nested"] == data["nested"] and copy["points"][7].y == -7
    for protocol in range(6):
        assert pickle.loads(pickle.dumps(data["strings"], protocol)) == data["strings"]


for _ in range(5):
    main()
