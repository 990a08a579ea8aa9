values = [0.1, 1 / 3, 1e16, 1e15, 123456789012345680.0, 1e-4, 1e-5, 5e-324, 1.7976931348623157e308, 2.5, 1e22, 1e23, -0.0, 100.0,
          0.1 + 0.2, 4.35, 1e100, 123e-10, 9007199254740993.0]
for v in values:
    print(repr(v), str(v), float(repr(v)) == v)
print(float("inf"), -float("inf"), float("nan"), [1e400, -1e400])
print(1.0, 1e0, 1_0.5_0, .5, 5., 0xF.__class__)
