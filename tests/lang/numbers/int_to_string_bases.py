for n in (0, 1, -1, 255, -255, 2**64, -(2**64), 10**40):
    print(str(n), hex(n), oct(n), bin(n), f"{n:x} {n:#X} {n:o} {n:#b} {n:,} {n:_x} {n:+d} {n: d}")
    print(f"[{n:30d}] [{n:<30d}] [{n:^30d}] [{n:=+30d}] [{n:030d}] [{n:*^30_}]")
for spec in ("s", ".3d", "q", ",x", ",_", "c"):
    try:
        print(spec, format(65, spec))
    except ValueError as e:
        print(spec, e)
try:
    format(-1, "c")
except OverflowError as e:
    print(e)
print(format(123456789, "e"), format(10**20, "g"), format(3, ".2f"), format(7, "%"))
