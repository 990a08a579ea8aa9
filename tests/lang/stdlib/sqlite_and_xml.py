import sqlite3, io
import xml.etree.ElementTree as ET

c = sqlite3.connect(":memory:")
c.execute("create table t (id integer primary key, name text, v real, b blob)")
c.executemany("insert into t (name, v, b) values (?, ?, ?)", [("a", 1.5, b"x"), ("é", None, None), ("c", 3, b"")])
c.commit()
print(
    c.execute("select * from t order by id").fetchall(),
    c.execute("select count(*), sum(v) from t").fetchone(),
    c.execute("select name from t where id = :i", {"i": 2}).fetchone(),
    c.total_changes,
)
c.row_factory = sqlite3.Row
r = c.execute("select id, name from t").fetchone()
print(r["name"], r.keys(), tuple(r))
c.create_function("double", 1, lambda x: x * 2)


class Agg:
    def __init__(self):
        self.s = 0

    def step(self, v):
        self.s += v or 0

    def finalize(self):
        return self.s


c.create_aggregate("mysum", 1, Agg)
print(tuple(c.execute("select double(21), mysum(v) from t").fetchone()))
try:
    with c:
        c.execute("insert into t (name) values ('rolled')")
        raise ValueError
except ValueError:
    pass
print(c.execute("select count(*) from t").fetchone()[0], c.in_transaction)
for bad in (
    lambda: c.execute("selec 1"),
    lambda: c.execute("select * from nope"),
    lambda: c.execute("insert into t (id) values (1)"),
    lambda: c.execute("select ?", ()),
    lambda: c.execute("select ?", (object(),)),
    lambda: c.execute("select 1; select 2"),
    lambda: sqlite3.connect("/no/such/dir/x.db"),
):
    try:
        bad()
    except Exception as e:
        print(type(e).__name__, e)
c.close()
try:
    c.execute("select 1")
except sqlite3.ProgrammingError as e:
    print(e)
root = ET.fromstring('<r a="1"><c>text<d/>tail</c><c x="é">&lt;&#65;</c><!-- no --></r>')
print(
    root.tag,
    root.attrib,
    [(e.tag, e.text, e.tail) for e in root.iter()],
    root.find("c/d").tag,
    root.findall("c[@x]")[0].text,
    [e.get("x", "-") for e in root.findall("c")],
    root.findtext("c"),
)
root[0].set("new", "v")
ET.SubElement(root, "e").text = "<&>"
ET.indent(root)
print(ET.tostring(root, encoding="unicode"))
for bad in ("<a>", "<a></b>", "", "<a b=c/>", "<a>&nope;</a>"):
    try:
        ET.fromstring(bad)
    except ET.ParseError as e:
        print(e, e.position)
from xml.parsers import expat

p = expat.ParserCreate()
ev = []
p.StartElementHandler = lambda n, a: ev.append(("start", n, a))
p.EndElementHandler = lambda n: ev.append(("end", n))
p.CharacterDataHandler = lambda d: ev.append(d)
p.Parse("<a k='v'>x<b/></a>", True)
print(ev)
print([(e, x.tag) for e, x in ET.iterparse(io.BytesIO(b"<a><b/></a>"), events=("start", "end"))])
