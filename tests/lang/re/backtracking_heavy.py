import re

print(
    re.match(r"(x+x+)+y", "x" * 15 + "y") is not None,
    re.match(r"(a|aa)+$", "a" * 18 + "b"),
    re.match(r"(?:a?){20}a{20}", "a" * 20) is not None,
)
text = "the quick brown fox " * 200
print(len(re.findall(r"\b\w*o\w*\b", text)), len(re.sub(r"(\w+) (\w+)", r"\2 \1", text)), len(re.split(r"\s+", text)))
print(
    re.search("(?:.|\n)*end", "x\n" * 20000 + "end").end(),
    re.match("(?:a|b)*", "ab" * 50000).end(),
    re.match(".*", "x" * 10**6).end(),
    re.match("(.)*", "y" * 100000).groups(),
    re.match("(?:(?:a)*b)*c", "aab" * 10000 + "c").end(),
)
log = "\n".join(
    f'10.0.{i % 256}.1 - - [0{i % 9}/May/2024] "GET /p/{i} HTTP/1.1" {200 + i % 3} {i * 7}' for i in range(500)
)
pat = re.compile(r'^(\S+) \S+ \S+ \[([^\]]+)\] "(\w+) (\S+) [^"]*" (\d{3}) (\d+)$', re.M)
rows = pat.findall(log)
print(len(rows), rows[-1], sum(int(r[5]) for r in rows))
tok = re.compile(r"(?P<num>\d+(?:\.\d*)?)|(?P<name>[A-Za-z_]\w*)|(?P<op>[-+*/()=])|(?P<ws>\s+)|(?P<bad>.)")
print([(m.lastgroup, m.group()) for m in tok.finditer("x1 = 3.14*(y + 2) ?") if m.lastgroup != "ws"])
