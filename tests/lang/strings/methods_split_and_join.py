print(
    "a b  c ".split(),
    "a b  c ".split(" "),
    "a,b,,c".split(",", 2),
    "".split(),
    "".split(","),
    " \t x\n y ".split(None, 1),
    "abc".split("abc"),
)
print(
    "a b  c ".rsplit(None, 1),
    "a,b,,c".rsplit(",", 1),
    "a\nb\r\nc\rd\x0be\x1cf\u2028g".splitlines(),
    "a\n\nb\n".splitlines(True),
    "".splitlines(),
)
print("a=b=c".partition("="), "a=b=c".rpartition("="), "abc".partition("="), "abc".rpartition("="))
print(
    ", ".join(["a", "b"]),
    "".join([]),
    "-".join("xyz"),
    "x".join(("only",)),
    "é".join(["a", "b"]),
    " ".join(map(str, range(4))),
)
for bad in (
    "''.join([1])",
    "''.join(['a', None])",
    "''.join(1)",
    "'a'.split('')",
    "'a'.split(1)",
    "'a'.partition('')",
    "'a'.rsplit(b' ')",
    "','.join(['a', b'b'])",
):
    try:
        print(eval(bad))
    except (TypeError, ValueError) as e:
        print(bad, type(e).__name__, e)
print("1,2,3".split(sep=",", maxsplit=1), "a b".split(maxsplit=0), "x".join("y"), "\u00a0a\u2003b".split())
