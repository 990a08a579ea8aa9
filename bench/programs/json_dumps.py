"""Serialising to JSON."""

import json


def main():
    record = {
        "id": 12345,
        "name": "Ünïcode näme",
        "tags": ["a", "b", "c\n"],
        "score": 3.14159,
        "active": True,
        "none": None,
        "nested": {"x": [1, 2, 3], "y": {"z": "deep"}},
    }
    data = [dict(record, id=i) for i in range(400)]
    size = 0
    for _ in range(60):
        size += len(json.dumps(data))
    assert size == 60 * len(json.dumps(data))
    assert json.loads(json.dumps(data, indent=1, sort_keys=True)) == data
    for i in range(25_000):
        json.dumps({"k": i})


for _ in range(4):
    main()
