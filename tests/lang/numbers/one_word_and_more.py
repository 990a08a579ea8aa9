# Bitwise operations, shifts and decimals around the sizes at which the ways of computing them change.
import random, hashlib
from decimal import *
r = random.Random(7); h = hashlib.sha256()
for i in range(800):
    a = r.getrandbits(r.choice((5, 31, 62, 90, 200, 700))); b = r.getrandbits(r.choice((5, 31, 62, 90, 200, 700)))
    if r.random() < .2: a = -a
    if r.random() < .2: b = -b
    n = r.randrange(130)
    h.update(repr((a & b, a | b, a ^ b, a >> n, a << n)).encode())
print(h.hexdigest())
for prec, clamp, emax in ((28, 0, 999999), (5, 1, 20), (19, 0, 25), (3, 1, 8)):
    c = Context(prec=prec, clamp=clamp, Emax=emax, Emin=-emax, traps=[])
    setcontext(c)
    for i in range(300):
        e = r.choice((3, 12, 40))
        a = Decimal((r.randrange(2), [r.randrange(10) for _ in range(r.randrange(1, 21))], r.randrange(-e, e)))
        b = Decimal((r.randrange(2), [r.randrange(10) for _ in range(r.randrange(1, 21))], r.randrange(-e, e)))
        c.clear_flags()
        h.update(repr((a + b, a - b, a * b, b - a, a - a, a < b, [k.__name__ for k, v in c.flags.items() if v])).encode())
    print(h.hexdigest())
for text in ('the quick brown fox ' * 900, 'a' * 20000, 'ab' * 5000, 'xyz', ''):
    for n in range(0, len(text), 97): h.update(b'%d' % text.count('a', n))
    h.update(b'%d %d' % (text.count('o'), text.count('q')))
print(h.hexdigest(), list(b'abc'), sum(bytes(range(256)) * 3))
