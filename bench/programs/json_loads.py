"""Parsing JSON."""

import json


def main():
    record = '{"id": %d, "name": "name \\u00fc %d", "tags": ["a", "b", "c"], "score": %f, "ok": true, "none": null, "nested": {"x": [1, 2, 3]}}'
    text = "[" + ",".join(record % (i, i, i / 3) for i in range(600)) + "]"
    for _ in range(60):
        data = json.loads(text)
    assert len(data) == 600 and data[599]["id"] == 599 and data[5]["nested"]["x"] == [1, 2, 3]
    total = 0
    for i in range(60_000):
        total += json.loads('{"v": %d}' % i)["v"]
    assert total == 60_000 * 59_999 // 2


for _ in range(4):
    main()
