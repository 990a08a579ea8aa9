for text in ("0", "-0", " 12 ", "1_000", "+7", "0x1f", "0b101", "0o17", "00", "٣٤", "\n9\t", "9" * 40):
    for base in (10, 0, 16, 36):
        try:
            print(repr(text), base, int(text, base))
        except ValueError as e:
            print(repr(text), base, e)
for bad in ("", " ", "1__0", "_1", "1_", "1.0", "abc", "0x", "--1", "1 2", "\x00", "12\x00"):
    try:
        print(int(bad))
    except ValueError as e:
        print(ascii(str(e)))
print(int(b"42"), int(bytearray(b" 7 ")), int("z", 36), int("-ff", 16), int("0b11", 0), int())
for args in ((1, 2), ("1", 1), ("1", 37), ("1", -1), ([],), (None,)):
    try:
        print(int(*args))
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)
print(int(3.99), int(-3.99), int(1e25), int(True))
for f in (float("nan"), float("inf")):
    try:
        int(f)
    except (ValueError, OverflowError) as e:
        print(type(e).__name__, e)
