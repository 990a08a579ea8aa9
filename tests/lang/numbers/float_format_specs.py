values = [0.0, -0.0, 1.0, 3.14159, -2.5, 1e10, 1.5e-7, 123456.789, 1e100, float("inf"), float("nan")]
for spec in (
    "",
    "f",
    ".0f",
    ".2f",
    "e",
    ".3e",
    "E",
    "g",
    ".3g",
    "G",
    "n",
    "%",
    ".1%",
    "+.2f",
    " .2f",
    "010.2f",
    "<12.1f|",
    "^12.1f",
    ",.2f",
    "_.3f",
    "#.0f",
    "#g",
    "z.0f",
    "*=+12.2f",
    ".10",
    "12",
):
    row = []
    for v in values:
        try:
            row.append(format(v, spec))
        except ValueError as e:
            row.append(str(e))
    print(repr(spec), row)
for spec in ("d", "x", "s", "c", ".", ",n", "5.f"):
    try:
        print(format(1.5, spec))
    except ValueError as e:
        print(repr(spec), e)
