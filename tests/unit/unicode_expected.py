"""Prints the checksums that unicode_test.cpp expects; run with CPython 3.14."""

import unicodedata
import struct

MASK = 2**64 - 1


class Sum:
    """FNV-1a over 32-bit values."""

    def __init__(self):
        self.value = 0xCBF29CE484222325

    def add(self, *numbers):
        for number in numbers:
            self.value = ((self.value ^ (number & 0xFFFFFFFF)) * 0x100000001B3) & MASK

    def text(self, string):
        self.add(len(string), *map(ord, string))

    def double(self, number):
        bits = struct.unpack("<Q", struct.pack("<d", number))[0]
        self.add(bits & 0xFFFFFFFF, bits >> 32)


def main():
    sums = {}

    def add(name):
        return sums.setdefault(name, Sum())

    for i in range(0x110000):
        c = chr(i)
        for name in ("alpha decimal digit numeric space upper lower printable alnum").split():
            add(name).add(getattr(c, "is" + name)())
        add("identifier").add(c.isidentifier(), ("a" + c).isidentifier())
        add("linebreak").add(len(("a" + c + "b").splitlines()) > 1)
        for name in ("upper", "lower", "title", "casefold"):
            add("to_" + name).text(getattr(c, name)())
        for version, db in (("", unicodedata), ("old_", unicodedata.ucd_3_2_0)):
            add(version + "category").text(db.category(c))
            add(version + "bidirectional").text(db.bidirectional(c))
            add(version + "width").text(db.east_asian_width(c))
            add(version + "combining").add(db.combining(c))
            add(version + "mirrored").add(db.mirrored(c))
            add(version + "decimal").add(db.decimal(c, -1))
            add(version + "digit").add(db.digit(c, -1))
            add(version + "numeric").double(db.numeric(c, -1.0))
            add(version + "decomposition").text(db.decomposition(c))
            for form in ("NFC", "NFD", "NFKC", "NFKD"):
                add(version + form).text(db.normalize(form, c))
    # Texts that make composition and reordering work: every pair of a few starters with all marks.
    marks = [chr(i) for i in range(0x110000) if unicodedata.combining(chr(i))]
    for base in "aAeEuUoΑω":
        for k, mark in enumerate(marks):
            text = base + mark + marks[(k * 7 + 3) % len(marks)] + marks[(k * 13 + 5) % len(marks)] + "\u1100\u1161\u11a8"
            for form in ("NFC", "NFD", "NFKC", "NFKD"):
                add("marks").text(unicodedata.normalize(form, text))
    for name, total in sums.items():
        print(f'    {{"{name}", 0x{total.value:016x}}},')


if __name__ == "__main__":
    main()
