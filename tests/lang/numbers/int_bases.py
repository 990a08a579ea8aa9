"""Ints in other bases, of one machine word and longer."""
for v in (0, 5, -5, 255, -12345, 2**62, -2**63, 2**100, -2**100):
    print(hex(v), oct(v), bin(v), str(v), format(v, 'x'), '%x %o %#X' % (v, v, v))
