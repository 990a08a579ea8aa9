"""Packing and unpacking binary records."""

import struct


def main():
    record = struct.Struct("<IhBdf8s")
    blobs = [record.pack(i, i % 100, i % 256, i / 3, 0.5, b"name%04d" % (i % 10_000)) for i in range(250_000)]
    total = 0
    for blob in blobs:
        total += record.unpack(blob)[0]
    assert total == 250_000 * 249_999 // 2
    data = b"".join(blobs)
    assert sum(r[1] for r in record.iter_unpack(data)) == 12_375_000
    assert sum(struct.unpack(f"<{50_000}I", struct.pack(f"<{50_000}I", *range(50_000)))) == 50_000 * 49_999 // 2
    for i in range(250_000):
        n = int.from_bytes(i.to_bytes(4, "big"), "big")
    assert n == 249_999


main()
