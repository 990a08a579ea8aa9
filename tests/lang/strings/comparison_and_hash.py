words = ["b", "a", "B", "é", "z", "", "aa", "😀", "\uffff", "ab", "a\x00", "Ω"]
print([ascii(w) for w in sorted(words)], ascii(max(words)), ascii(min(words)))
print("a" == "a", "a" != "b", "é" == "e\u0301", "abc" < "abd", "abc" < "abcd", "Z" < "a", "a" == b"a", "a" == 97)
print(
    hash("abc") == hash("ab" + "c"),
    hash("é") == hash("e\u0301"),
    hash("") == hash(""),
    len({"a", "a" * 1, "".join(["a"])}),
)
a = "x" * 1000
b = "x" * 999 + "y"
print(a < b, a == b, a + "z" > a, {a: 1}["x" * 1000], ("é" * 3 == "ééé"), "😀" > "\uffff")
