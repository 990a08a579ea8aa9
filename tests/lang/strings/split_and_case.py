"""Splitting at one character near and far, and case in texts longer than a vector."""
for s in ('', 'a', 'A', 'Hello World ABC xyz @[`{ 0123456789 AZaz' * 3, 'É', 'ß' * 20, 'abcDEFabcDEFabcD'):
    print(s.lower(), s.upper(), s.casefold())
    for sep in (',', 'o', 'xyz', '\u20ac'):
        for n in (-1, 0, 1, 2): print(s.split(sep, n), s.rsplit(sep, n), end=' ')
print('a,b,cdefghijklmnopqrstuvwxyzabcdefg,h,'.split(','), ('é,' * 3 + '\u20ac').split(','), 'ab\u20accd'.split('\u20ac'))
