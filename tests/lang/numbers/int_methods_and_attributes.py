n = 1000
print(n.real, n.imag, n.numerator, n.denominator, n.conjugate(), n.as_integer_ratio(), n.is_integer())
print(n.to_bytes(2, "big"), n.to_bytes(4, "little"), (-5).to_bytes(2, signed=True), (255).to_bytes())
print(int.from_bytes(b"\x03\xe8"), int.from_bytes(b"\xff\xfe", "little", signed=True), int.from_bytes([1, 2, 3]))
for call in (
    "(256).to_bytes(1)",
    "(-1).to_bytes(2)",
    "(1).to_bytes(-1)",
    "(1).to_bytes(1, 'middle')",
    "int.from_bytes([256])",
    "int.from_bytes('abc')",
    "(128).to_bytes(1, signed=True)",
):
    try:
        print(eval(call))
    except Exception as e:
        print(call, type(e).__name__, e)
print(
    round(12345, -2),
    round(15, -1),
    round(25, -1),
    round(-35, -1),
    round(5),
    round(7, 3),
    round(0, -5),
    round(10**20 + 5, -1),
)
print((5).__floor__(), (5).__ceil__(), (5).__trunc__(), (5).__index__(), (5).__divmod__(3), (5).__radd__(1.0))
print(int.__add__(1, "x"), int.__eq__(1, 1.0), (1).__lt__(2), (3).__rsub__(10), (3).__pow__(2, 5))
