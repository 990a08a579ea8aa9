"""Building strings: concatenation in a loop, join, f-strings, percent and format."""

import io


def main():
    s = ""
    for i in range(200_000):
        s += "x" if i % 3 else "yz"
    assert len(s) == 266_667
    parts = []
    for i in range(200_000):
        parts.append(f"{i}:{i * 2}")
    assert len(",".join(parts)) == 2_633_334
    total = 0
    for i in range(120_000):
        total += len(f"{i:>8} {i / 7:.3f} {'a'!r}")
        total += len("%5d %s" % (i, "v"))
        total += len("{} {:x}".format(i, i))
    assert total > 4_000_000
    out = io.StringIO()
    for i in range(200_000):
        out.write("line\n")
    assert len(out.getvalue()) == 1_000_000


for _ in range(3):
    main()
