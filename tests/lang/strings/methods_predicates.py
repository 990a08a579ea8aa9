samples = ["", "abc", "123", "²", "½", "٣", "a1", "a b", " \t\n", "A_b", "class", "1a", "é", "\u2028", "\x00", "ⅷ", "一", "\ud800"]
names = ["isalpha", "isdigit", "isdecimal", "isnumeric", "isalnum", "isspace", "isidentifier", "isprintable", "isascii", "isupper", "istitle"]
for s in samples:
    print(ascii(s), [n[2:] for n in names if getattr(s, n)()])
