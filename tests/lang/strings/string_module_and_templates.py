import string

print(string.ascii_lowercase, string.digits, string.hexdigits, repr(string.whitespace), string.punctuation)
t = string.Template("$who likes ${what} for $$5")
print(t.substitute(who="Ann", what="tea"), t.safe_substitute(who="Bob"), t.get_identifiers(), t.is_valid())
for bad in ("$", "$1", "${a"):
    try:
        string.Template(bad).substitute(a=1)
    except ValueError as e:
        print(e)
try:
    t.substitute(who="x")
except KeyError as e:
    print(e)
print(
    string.capwords("hello  big world"),
    string.Formatter().format("{0}-{a}", 1, a=2),
    list(string.Formatter().parse("a{b!r:c}d{}")),
)
