for s in ("hello World", "ǅabc", "ß", "ŉ", "İstanbul", "ΑΣ", "ΑΣ.", "ﬁ", "ᾳ", "mIxEd 123", "", "O'NEIL-smith"):
    print(ascii(s), *(ascii(v) for v in (s.upper(), s.lower(), s.title(), s.capitalize(), s.swapcase(), s.casefold())))
    print(s.isupper(), s.islower(), s.istitle())
