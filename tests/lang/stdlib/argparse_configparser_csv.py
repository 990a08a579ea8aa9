import argparse, configparser, csv, io, sys

p = argparse.ArgumentParser(prog="prog", description="Desc", epilog="End")
p.add_argument("name", help="a name")
p.add_argument("nums", nargs="*", type=int)
p.add_argument("-v", "--verbose", action="count", default=0)
p.add_argument("--flag", action=argparse.BooleanOptionalAction)
p.add_argument("--choice", choices=["a", "b"], default="a", help="pick (default: %(default)s)")
g = p.add_mutually_exclusive_group()
g.add_argument("--x", action="store_true")
g.add_argument("--y", dest="why", metavar="Y")
print(p.parse_args(["n", "1", "2", "-vv", "--no-flag", "--choice=b", "--y", "q"]))
print(p.format_help())
for bad in (["n", "z"], [], ["n", "--choice", "q"], ["n", "--x", "--y", "1"], ["n", "--nope"]):
    sys.stderr = io.StringIO()
    try:
        p.parse_args(bad)
    except SystemExit as e:
        print(e.code, sys.stderr.getvalue().splitlines()[-1])
    sys.stderr = sys.__stderr__
s = argparse.ArgumentParser(prog="q").add_subparsers(dest="cmd")
sub = s.add_parser("go")
sub.add_argument("--n", type=float)
print(sub.parse_args(["--n", "1.5"]), p.parse_known_args(["n", "--zzz"])[1])
c = configparser.ConfigParser()
c.read_string("[DEFAULT]\nbase = /x\n[a]\npath = %(base)s/y\nn = 5\nb = yes\nmulti = 1\n  2\n[b]\n")
print(
    c.sections(),
    c["a"]["path"],
    c.getint("a", "n"),
    c.getboolean("a", "b"),
    c["a"]["multi"],
    dict(c["b"]),
    c.get("a", "zz", fallback="f"),
    c.has_option("a", "n"),
)
o = io.StringIO()
c.write(o)
print(o.getvalue())
for bad in (lambda: c["zz"], lambda: c.get("a", "q"), lambda: c.read_string("x"), lambda: c.read_string("[a]\n[a]")):
    try:
        bad()
    except Exception as e:
        print(type(e).__name__, str(e).splitlines()[0])
o = io.StringIO()
w = csv.writer(o, quoting=csv.QUOTE_MINIMAL)
w.writerows([["a", 'b"c', "d,e", "f\ng", 1, None, 2.5], []])
dw = csv.DictWriter(o, ["x", "y"], extrasaction="ignore", delimiter=";")
dw.writeheader()
dw.writerow({"x": 1, "y": "a;b", "z": 0})
print(repr(o.getvalue()))
print(
    list(csv.reader(io.StringIO('a,"b ""q""",c\n"multi\nline",2\n,\n'))),
    list(csv.DictReader(["h1,h2", "1,2,3", "4"])),
    csv.Sniffer().sniff("a;b;c\n1;2;3").delimiter,
    list(csv.reader(["1 2", "3 4"], delimiter=" ", quoting=csv.QUOTE_NONNUMERIC)),
)
for bad in (
    lambda: list(csv.reader(["a\0b"], strict=True)),
    lambda: csv.writer(io.StringIO(), delimiter="ab"),
    lambda: list(csv.reader(['"abc'], strict=True)),
    lambda: csv.writer(io.StringIO(), quoting=csv.QUOTE_NONE).writerow(["a,b"]),
    lambda: csv.writer(5),
    lambda: csv.reader(5),
):
    try:
        print(bad())
    except Exception as e:
        print(type(e).__name__, e)
