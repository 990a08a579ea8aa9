# Powers with a modulus around the sizes of a word; hexadecimal digits with blanks and what is none.
import random, hashlib
r = random.Random(3); h = hashlib.sha256()
for i in range(500):
    a, b, m = (r.getrandbits(r.choice((3, 20, 29, 31, 45, 60, 61, 64))) for _ in range(3))
    a *= r.choice((1, -1)); m *= r.choice((1, -1))
    try: h.update(b'%d,' % pow(a, b, m))
    except ValueError as e: h.update(str(e).encode())
print(h.hexdigest(), pow(0, 0, 5), pow(0, 0, -5), pow(5, 0, 1), pow(2**60 - 1, 2**60 - 1, 2**60 - 1), pow(3, 5, -(2**60 - 1)))
for i in range(500):
    s = ''.join(r.choice('0123456789abcdefABCDEF  \t\ng\xe9' if r.random() < .1 else '0123456789abcdefABCDEF') for _ in range(r.randrange(12)))
    if r.random() < .3: s = ' '.join(s[k:k+2] for k in range(0, len(s), 2))
    try: h.update(bytes.fromhex(s))
    except ValueError as e: h.update(str(e).encode())
print(h.hexdigest())
