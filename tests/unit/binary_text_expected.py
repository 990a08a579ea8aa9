"""Prints the checksums that binary_text_test.cpp expects; run with CPython 3.14."""

import binascii

from unicode_expected import MASK, Sum

ALPHABET = b"aB3+/=\n\r\t ._=-~\xff"


def inputs():
    """Short byte strings from a linear generator: arbitrary bytes, and bytes of a small alphabet."""
    state = 1
    for i in range(6000):
        data = bytearray()
        for _ in range(i % 97):
            state = (state * 6364136223846793005 + 1442695040888963407) & MASK
            byte = state >> 56
            data.append(byte if i % 3 == 0 else ALPHABET[byte & 15])
        yield i, bytes(data)


def main():
    sums = {name: Sum() for name in "hex base64 lenient strict uu uu_decode qp qp_decode crc".split()}
    for i, data in inputs():
        sums["hex"].text(binascii.hexlify(data, "-", i % 9 - 4).decode("ascii"))
        sums["base64"].text(binascii.b2a_base64(data, newline=bool(i & 1)).decode("ascii"))
        for name in ("lenient", "strict"):
            try:
                sums[name].text(binascii.a2b_base64(data, strict_mode=name == "strict").decode("latin-1"))
            except binascii.Error as error:
                sums[name].text(str(error))
        sums["uu"].text(binascii.b2a_uu(data[:45], backtick=bool(i & 1)).decode("ascii"))
        if data:
            try:
                sums["uu_decode"].text(binascii.a2b_uu(data).decode("latin-1"))
            except binascii.Error as error:
                sums["uu_decode"].text(str(error))
        encoded = binascii.b2a_qp(data * 2, quotetabs=bool(i & 1), istext=bool(i & 2), header=bool(i & 4))
        sums["qp"].text(encoded.decode("latin-1"))
        sums["qp_decode"].text(binascii.a2b_qp(data, header=bool(i & 1)).decode("latin-1"))
        sums["crc"].add(binascii.crc_hqx(data, i))
    for name, total in sums.items():
        print(f'    {{"{name}", 0x{total.value:016x}}},')


if __name__ == "__main__":
    main()
