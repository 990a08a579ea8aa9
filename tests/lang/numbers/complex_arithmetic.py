z, w = 3 + 4j, 1 - 2j
print(z + w, z - w, z * w, z / w, z**2, abs(z), -z, z.conjugate(), z.real, z.imag, z == 3 + 4j, z != w, +w)
print(
    complex("1+2j"),
    complex(" -j "),
    complex("3"),
    complex(1, 2),
    complex(1j),
    complex("inf-nanj"),
    complex(real=3),
    complex(imag=2),
)
print(0j, -0j, 1e16j, complex(-0.0, -0.0), complex(0.0, float("nan")), repr(1j), str(2.5j), 1j * 1j, (1 + 0j) ** -1)
for expr in (
    "1j < 2j",
    "1j // 1",
    "1j % 1",
    "1 / 0j",
    "0j ** -1",
    "complex('1 + 2j')",
    "complex('x')",
    "complex('1', 2)",
    "int(1j)",
    "float(1j)",
    "divmod(1j, 1)",
    "complex([])",
    "round(1j)",
):
    try:
        print(expr, eval(expr))
    except (TypeError, ValueError, ZeroDivisionError) as e:
        print(expr, type(e).__name__, e)
print(
    f"{z:.2f} {z:>12} {z:g} {z!r:^12}|",
    (1 + 2j).__format__(""),
    hash(2 + 0j) == hash(2),
    bool(0j),
    bool(1j),
    z.__getnewargs__(),
)
