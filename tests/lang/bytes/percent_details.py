"""% of bytes: a percent sign stands for itself only right after another; limits of width and precision."""
for text in "%%", "% %s", "%5%", "%.3%", "%-%", "%l%", "%*%", "% ", "%(a)%", "%.*d", "%*d":
    for kind in str, str.encode, lambda s: bytearray(s.encode()):
        for arguments in (), 1, (1, 2), (5, 1), (2**31 - 1, 1), (2**63, 1), (-3, 1), {b"a": 1, "a": 2}:
            if text == "%*d" and arguments == (2**31 - 1, 1):
                continue
            try:
                print(kind(text) % arguments, end=" ")
            except Exception as error:
                print(type(error).__name__, error, end="; ")
        print()
