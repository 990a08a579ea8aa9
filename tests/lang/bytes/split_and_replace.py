"""Taking bytes apart from both ends, and one byte by another."""
for t in (b'', b' ', b'a', b' a', b'a ', b' a b  c ', b'abc', b'a,b,,c,', b',', b'a\nb\r\nc\r', b'xx yy' * 5):
    for k in (bytes, bytearray):
        x = k(t)
        for n in (-1, 0, 1, 2, 3):
            print(x.split(None, n), x.rsplit(None, n), x.split(b',', n), x.rsplit(b',', n), x.replace(b'a', b'b', n), x.replace(b' ', b'  ', n), x.replace(b'y', b'z', n), x.replace(b'', b'-', n), end=' ')
        print(x.splitlines(), x.splitlines(True), x.replace(b'q', b'r') is x)
