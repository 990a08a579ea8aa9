"""Regular expressions over a log and a program text."""

import re


def main():
    lines = [
        f'192.168.{i % 250}.{i % 199} - - [10/Oct/2024:13:{i % 60:02}:36] "GET /item/{i}?q=a{i % 7} HTTP/1.1" {200 + i % 5} {i * 13}'
        for i in range(6_000)
    ]
    log = "\n".join(lines)
    pattern = re.compile(r'^(\d+\.\d+\.\d+\.\d+) - - \[([^\]]+)\] "(\w+) ([^ "]+)[^"]*" (\d+) (\d+)$', re.M)
    for _ in range(6):
        total = sum(int(m.group(6)) for m in pattern.finditer(log))
    assert total == 13 * 6_000 * 5_999 // 2
    assert len(re.findall(r"q=a[135]\b", log)) > 2_000
    assert re.sub(r"(\d+)\.(\d+)", r"\2.\1", log).count("\n") == 5_999
    source = "def f(x, y):\n    return x * 3.14 + y[0] # comment 'q'\n" * 1_500
    token = re.compile(r"(?P<number>\d+(?:\.\d+)?)|(?P<name>[A-Za-z_]\w*)|(?P<string>'[^']*')|(?P<space>\s+)|(?P<op>.)")
    kinds = {}
    for m in token.finditer(source):
        kinds[m.lastgroup] = kinds.get(m.lastgroup, 0) + 1
    assert kinds["name"] == 12_000 and kinds["number"] == 3_000, kinds


for _ in range(6):
    main()
