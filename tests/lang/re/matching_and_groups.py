import re

m = re.match(r"(?P<y>\d{4})-(?P<m>\d\d)(-(\d\d))?", "2024-05-06 rest")
print(
    m,
    m.group(),
    m.group(1, "m"),
    m.groups(),
    m.groupdict(),
    m.span(),
    m.start("m"),
    m.end(4),
    m["y"],
    m.lastindex,
    m.lastgroup,
    m.re.pattern,
    m.string,
    m.pos,
    m.endpos,
    m.regs,
    m.expand(r"\g<m>/\1"),
)
print(
    re.search("b+", "abbbc").span(),
    re.fullmatch("a.c", "abc"),
    re.match("b", "ab"),
    re.findall(r"\w+", "héllo wörld"),
    re.findall(r"(a)(b)?", "abaa"),
    [x.group() for x in re.finditer("a|b", "cab")],
    re.split(r"[,;]\s*", "a, b;c"),
    re.split("(-)", "a-b-c", maxsplit=1),
    re.split("", "abc"),
    re.sub("a", "X", "banana", count=2),
    re.subn("(.)", r"<\1>", "ab"),
    re.sub("(?P<n>.)", lambda m: m["n"].upper(), "xy"),
    re.escape("a.b*c[1]"),
)
tests = [
    ("a*?b", "aaab"),
    ("(?:ab)+", "ababa"),
    ("(a|ab)(c|bcd)(d*)", "abcd"),
    (r"\bfoo\b", "a foo b"),
    (r"(?<=a)b(?=c)", "abc"),
    (r"(?<!a)b(?!c)", "bd"),
    (r"(a)\1", "aa"),
    ("(?i)HeLLo", "hello"),
    ("(?s).+", "a\nb"),
    ("(?m)^b$", "a\nb\nc"),
    ("(?x) a  b # c\n", "ab"),
    (r"[^\W\d_]+", "12ab_"),
    ("[a-c-]+", "a-c"),
    (r"(a)?(?(1)b|c)", "ab"),
    ("a{2,3}?", "aaaa"),
    ("a++b", "aaab"),
    ("(?>a+)b", "aab"),
    (r"\Aa\Z", "a"),
    ("(?i:A)b", "ab"),
    (r"[\s\S]", "\n"),
    ("x*", ""),
    ("(x*)*", "y"),
    (r"\u00e9", "é"),
    ("[[]", "["),
    ("(?a)\\w", "é"),
    ("(|a)+", "aa"),
    (r"\d+(?=\D|$)", "12x"),
    ("^(?:(a)|b)*$", "ab"),
    (r"\z", ""),
]
for p, s in tests:
    m = re.search(p, s)
    print(p, repr(s), m and (m.span(), m.groups()))
for bad in (
    "(",
    ")",
    "[",
    "a**",
    "*a",
    "(?P<1>a)",
    "(?P<a>x)(?P<a>y)",
    r"\1",
    "(?<=a+)b",
    "(?z)",
    "a{2,1}",
    "[z-a]",
    r"\q",
    "(?P=x)",
    "(?(5)a)",
    "(?#",
    "(?",
    "(?P",
    "x{99999999999}",
    "[a",
    "(?i",
    "a(?i)b",
    "\\",
    r"\N{x}",
    r"\x1",
    "(?P<a",
    "(?-i:a)(?L)",
    "a+++",
    "(?P>x)",
):
    try:
        re.compile(bad)
        print(bad, "compiled")
    except (re.PatternError, OverflowError) as e:
        print(bad, "|", e, getattr(e, "pos", None))
for bad in (
    lambda: re.match("a", b"a"),
    lambda: re.sub("a", r"\2", "a"),
    lambda: re.sub("a", r"\g<x>", "a"),
    lambda: m.group(9),
    lambda: re.search("a", "a").group("x"),
    lambda: re.compile(5),
    lambda: re.compile("a", 1 << 20),
    lambda: re.match("a", 5),
    lambda: re.sub("a", 5, "a"),
    lambda: re.compile(re.compile("a"), re.I),
):
    try:
        print(bad())
    except Exception as e:
        print(type(e).__name__, e)
p = re.compile(r"(\w)(\d)?", re.I | re.M)
print(
    p,
    p.flags,
    p.groups,
    p.groupindex,
    p.search("xx a1", 2),
    p.match("abc", 1, 2),
    p == re.compile(r"(\w)(\d)?", re.I | re.M),
    hash(p) == hash(p),
    re.I | re.S,
    re.compile(b"a+").findall(b"aab"),
    p.scanner("a1").match().group(),
    re.purge(),
)
print(
    re.sub(r"(\w+) (\w+)", r"\2 \1", "hello world"),
    re.sub("x*", "-", "abc"),
    re.sub(r"\b", "|", "a b"),
    re.findall("", "ab"),
    re.sub("(?P<a>x)|y", r"[\g<a>]", "xy"),
    re.sub("a", r"\n\t\\", "a"),
)
