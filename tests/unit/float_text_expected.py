"""Prints the checksums that float_text_test.cpp expects; run with CPython 3.14."""

import struct

from unicode_expected import MASK, Sum


def numbers():
    """The same doubles as the test makes: random bits, short decimals, powers of ten, halves."""
    state = 0x9E3779B97F4A7C15
    for i in range(20000):
        state = (state * 6364136223846793005 + 1442695040888963407) & MASK
        value = struct.unpack("<d", struct.pack("<Q", state))[0]
        if value - value == 0:
            yield value
        yield (state >> 40) / 1000.0
        yield ((state >> 30) & 0xFFFF) / 64.0
        yield float((state >> 11) % (10 ** (i % 17)))
    for e in range(-325, 309):
        yield float(f"1e{e}")
        yield float(f"-1.5e{e}")


def main():
    totals = {name: Sum() for name in "repr e f g alt hex round parse".split()}
    for i, v in enumerate(numbers()):
        totals["repr"].text(repr(v))
        totals["e"].text("%.*e" % (i % 25, v))
        totals["f"].text("%.*f" % (i % 20, v if abs(v) < 1e30 or i % 16 == 0 else 1.5))
        totals["g"].text("%.*g" % (i % 20, v))
        totals["alt"].text("%+#.*G" % (i % 19, v))
        totals["hex"].text(v.hex())
        if float.fromhex(v.hex()) != v:
            raise SystemExit("fromhex")
        digits = i % 40 - 20
        try:
            totals["round"].double(round(v, digits))
            totals["round"].double(round(v, -(i % 310)))
        except OverflowError:
            totals["round"].double(float("inf"))
        totals["parse"].double(float("%.25e" % v))
    for name, total in totals.items():
        print(f'    {{"{name}", 0x{total.value:016x}}},')


if __name__ == "__main__":
    main()
