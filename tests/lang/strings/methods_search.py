s = "abracadabra"
print(
    s.find("bra"),
    s.find("bra", 2),
    s.find("x"),
    s.rfind("bra"),
    s.find(""),
    s.rfind(""),
    s.find("", 5),
    s.find("", 50),
    s.find("a", -3),
    s.find("a", 1, 3),
)
print(
    s.index("cad"), s.rindex("a"), s.count("a"), s.count("abra"), s.count(""), "aaaa".count("aa"), s.count("a", 3, -1)
)
print(
    s.startswith("abra"),
    s.startswith(("x", "abr")),
    s.endswith("ra"),
    s.endswith(("x", "")),
    s.startswith("bra", 1),
    s.startswith("", 11),
    s.startswith("", 12),
)
print("cad" in s, "" in s, "x" in s, "x" not in s)
for bad in (
    "s.index('z')",
    "s.rindex('z')",
    "s.find(1)",
    "s.startswith(1)",
    "s.startswith(('a', 1))",
    "1 in s",
    "s.count()",
    "s.find('a', 'b')",
    "s.find('a', 1, 2, 3)",
):
    try:
        print(eval(bad))
    except Exception as e:
        print(bad, type(e).__name__, e)
big = "ab" * 5000 + "needle" + "ba" * 5000
print(
    big.find("needle"), big.rfind("needle"), big.count("ab"), big.find("é"), ("é" + big).find("needle"), big.find("bb")
)
