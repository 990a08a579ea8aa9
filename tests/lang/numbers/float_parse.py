for text in ("1", " 2.5 ", "-1e3", "1E-3", "+.5", "5.", "inf", "-Infinity", "NaN", "1_0.0_1", "1e400", "1e-400", "٣.٥", "0x1p3"):
    try:
        print(repr(text), float(text))
    except ValueError as e:
        print(repr(text), e)
for bad in ("", ".", "e5", "1e", "1__0", "1_.0", "1 2", "infin", "nan()", "--1", "1.5.2"):
    try:
        print(float(bad))
    except ValueError as e:
        print(e)
for bad in (None, [], 1j):
    try:
        float(bad)
    except TypeError as e:
        print(e)
try:
    float(10**400)
except OverflowError as e:
    print(e)
print(float(b"1.5"), float(), float(True), float.fromhex("0x1.8p1"), (1.5).hex(), (0.1).hex(), (-0.0).hex(), float("inf").hex())
