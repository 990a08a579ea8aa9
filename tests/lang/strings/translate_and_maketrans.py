table = str.maketrans("abc", "xyz", "q")
print("aabbccqq".translate(table), table)
print(
    str.maketrans({"a": "long", 98: None, "c": 100}),
    "abcd".translate({97: "A", 98: None, 99: 0x1F600}) == "A\U0001f600d",
)


class Table:
    def __getitem__(self, key):
        if key == ord("x"):
            raise LookupError
        return chr(key + 1)


print("axb".translate(Table()))
for bad in (
    "str.maketrans('ab', 'c')",
    "str.maketrans({'ab': 1})",
    "str.maketrans(1)",
    "'a'.translate({97: 1 << 40})",
    "'a'.translate({97: 1.5})",
    "'a'.translate()",
):
    try:
        print(eval(bad))
    except (TypeError, ValueError) as e:
        print(bad, type(e).__name__, e)
