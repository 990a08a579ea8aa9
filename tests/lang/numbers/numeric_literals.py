print(0xFF, 0o17, 0b101, 1_000_000, 0x_ff, 1e3, 1.5e-3, 1_0.1_0e1_0, 10j, 0.5j, 00, 0_0, 0XAB, 0B1, 0O7, 1E5)
for source in ("1__0", "1_", "0x", "0b2", "0o8", "01", "1e", "0_", "1.e+", "0xg", "1_.5", "1a", "1if 0else 2", "0b1_", "12__3j"):
    try:
        print(source, eval(source))
    except SyntaxError as e:
        print(source, "|", e.msg)
