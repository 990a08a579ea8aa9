print(
    [
        " a ".strip(),
        " a ".lstrip(),
        " a ".rstrip(),
        "xxaxx".strip("x"),
        "abcba".strip("ab"),
        "\u2003a\xa0".strip(),
        "aaa".strip("a"),
    ]
)
print(
    [
        "a".center(5),
        "ab".center(5, "*"),
        "a".ljust(4, "."),
        "a".rjust(4, "é"),
        "abc".center(2),
        "-5".zfill(5),
        "+5".zfill(4),
        "abc".zfill(5),
        "".zfill(2),
    ]
)
print(
    "aXbXc".replace("X", "--"),
    "aaa".replace("a", "b", 2),
    "abc".replace("", "."),
    "abc".replace("z", "q"),
    "".replace("", "x"),
    "aaa".replace("aa", "b"),
    "abc".replace("b", ""),
    "abc".replace("", "-", count=2),
)
print(
    "prefix-body".removeprefix("prefix-"),
    "body.py".removesuffix(".py"),
    "a".removesuffix(""),
    "a\tb\tc".expandtabs(),
    "a\tbb\tc".expandtabs(4),
    "\t".expandtabs(0),
)
for bad in (
    "'a'.center(5, 'xx')",
    "'a'.ljust('5')",
    "'a'.strip(1)",
    "'a'.replace('a')",
    "'a'.replace(1, 2)",
    "'a'.removeprefix(1)",
):
    try:
        print(eval(bad))
    except TypeError as e:
        print(bad, "|", e)
