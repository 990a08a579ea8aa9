import io, os, tempfile

with tempfile.TemporaryDirectory() as d:
    p = os.path.join(d, "f.txt")
    with open(p, "w", encoding="utf-8", newline="") as f:
        print(
            f.write("héllo\nwörld\r\nthird\rend"),
            f.mode,
            f.encoding,
            f.closed,
            f.writable(),
            f.readable(),
            f.tell(),
            f.name == p,
        )
    with open(p, encoding="utf-8") as f:
        print(f.readline(), f.read(3), f.readlines(), f.read(), f.tell(), f.newlines)
        f.seek(0)
        print(list(f), next(f, "end"))
    with open(p, encoding="utf-8", newline="") as f:
        print(f.readlines())
    with open(p, "rb") as f:
        print(f.read(), f.seek(-3, 2), f.read(), f.seek(1), f.read1(2), f.readinto(bytearray(2)), f.peek()[:2])
    with open(p, "a+", encoding="utf-8") as f:
        f.write("appended\n")
        f.seek(0)
        print(f.read().splitlines()[-1])
    with open(p, "r+", encoding="latin-1") as f:
        f.write("HE")
        f.truncate(4)
    print(os.path.getsize(p))
    with open(p, "wb", buffering=0) as f:
        print(f.write(b"raw"), type(f).__name__)
    for bad in (
        lambda: open(p, "x"),
        lambda: open(os.path.join(d, "none")),
        lambda: open(d),
        lambda: open(p, "rr"),
        lambda: open(p, "w+r"),
        lambda: open(p, "z"),
        lambda: open(p, "rb", newline=""),
        lambda: open(p, "r", buffering=0),
        lambda: open(p, encoding="nope"),
        lambda: open(p, newline="x"),
        lambda: open(""),
        lambda: open("a\0b"),
        lambda: open(-1),
        lambda: open(p, "r").write("x"),
        lambda: open(p, "w").read(),
        lambda: open(1.5),
        lambda: open(p, ""),
    ):
        try:
            bad()
        except Exception as e:
            print(type(e).__name__, str(e).replace(d, "DIR"))
    with open(p, "wb") as f:
        f.write(b"\xff\xfe bad")
    with open(p, encoding="utf-8") as f:
        try:
            f.read()
        except UnicodeDecodeError as e:
            print(e)
    with open(p, encoding="utf-8", errors="replace") as f:
        print(ascii(f.read()))
    f = open(p)
    f.close()
    for op in (f.read, f.readline, lambda: f.seek(0), lambda: iter(f).__next__(), f.fileno, lambda: f.__enter__()):
        try:
            op()
        except ValueError as e:
            print(e)
    with open(p, "w", encoding="ascii") as f:
        try:
            f.write("é")
        except UnicodeEncodeError as e:
            print(e)
        for bad in (lambda: f.write(b"x"), lambda: f.write(5), lambda: f.seek(1, 1), lambda: f.seek(-1)):
            try:
                bad()
            except Exception as e:
                print(type(e).__name__, e)
    print(len(repr(open(os.devnull))) > 20, open(os.devnull).read())
