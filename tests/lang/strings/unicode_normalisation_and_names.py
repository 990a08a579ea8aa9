import unicodedata

for form in ("NFC", "NFD", "NFKC", "NFKD"):
    print(form, ascii(unicodedata.normalize(form, "é e\u0301 ﬁ ① Å 가")))
for c in "aé€😀٣½ ":
    print(
        ascii(c),
        unicodedata.name(c),
        unicodedata.category(c),
        unicodedata.bidirectional(c),
        unicodedata.numeric(c, None),
        unicodedata.digit(c, None),
        unicodedata.east_asian_width(c),
        unicodedata.decomposition(c),
    )
print(
    unicodedata.lookup("GREEK SMALL LETTER PI"),
    unicodedata.is_normalized("NFC", "é"),
    unicodedata.mirrored("("),
    unicodedata.combining("\u0301"),
)
try:
    unicodedata.name("\x00")
except ValueError as e:
    print(e)
try:
    unicodedata.lookup("nope")
except KeyError as e:
    print(e)
ﬁ = 1
print(fi, "ﬁ" in globals(), "fi" in globals())
