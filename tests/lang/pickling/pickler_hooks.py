import io, pickle


class Ext:
    def __init__(self, n):
        self.n = n


store = {1: "object one"}


class Pk(pickle.Pickler):
    def persistent_id(self, o):
        return o.n if isinstance(o, Ext) else None

    def reducer_override(self, o):
        return (str.upper, ("overridden",)) if o is Ext else NotImplemented


class Up(pickle.Unpickler):
    def persistent_load(self, pid):
        return store[pid]

    def find_class(self, m, n):
        if (m, n) == ("builtins", "eval"):
            raise pickle.UnpicklingError(f"{m}.{n} is forbidden")
        return super().find_class(m, n)


f = io.BytesIO()
Pk(f).dump([Ext(1), "x", Ext])
f.seek(0)
print(Up(f).load())
try:
    Up(io.BytesIO(b"cbuiltins\neval\n(S'1'\ntR.")).load()
except pickle.UnpicklingError as e:
    print(e)
big = pickle.PickleBuffer(bytearray(b"data"))
bufs = []
s = pickle.dumps(big, 5, buffer_callback=bufs.append)
print(bytes(pickle.loads(s, buffers=bufs)), len(bufs))
m = io.BytesIO()
p = pickle.Pickler(m, 2)
p.dump([1])
p.dump([2])
m.seek(0)
u = pickle.Unpickler(m)
print(u.load(), u.load())
try:
    u.load()
except EOFError as e:
    print(e)
import pickletools

out = io.StringIO()
pickletools.dis(pickle.dumps({"a": [1, 2]}, 2), out)
print(out.getvalue())
print(len(pickletools.optimize(pickle.dumps(["a", "b"], 2))) < len(pickle.dumps(["a", "b"], 2)))
import copy


class C:
    def __init__(self):
        self.l = [1]

    def __copy__(self):
        n = C()
        n.l = "copied"
        return n

    def __deepcopy__(self, memo):
        n = C()
        n.l = ("deep", len(memo) >= 0)
        return n


print(
    copy.copy(C()).l,
    copy.deepcopy(C()).l,
    copy.deepcopy({"a": [1, (2, [3])]}),
    copy.copy([1]),
    copy.replace(__import__("datetime").date(2024, 1, 2), year=2025),
)
a = [[1], 2]
b, c = copy.copy(a), copy.deepcopy(a)
a[0].append(9)
print(b, c)
import shelve, tempfile, os, marshal

with tempfile.TemporaryDirectory() as d:
    with shelve.open(os.path.join(d, "s")) as sh:
        sh["k"] = [1, 2]
    with shelve.open(os.path.join(d, "s")) as sh:
        print(dict(sh))
for v in (1, 2**80, 1.5, "é", b"x", [1], (1, None), {"a": True}, {1}, frozenset([2]), ..., 1j, slice(1, 2, 3)):
    assert marshal.loads(marshal.dumps(v)) == v
code = compile("6 * 7", "s", "eval")
print(eval(marshal.loads(marshal.dumps(code))))
for bad in (
    lambda: marshal.dumps(object()),
    lambda: marshal.loads(b""),
    lambda: marshal.loads(b"?"),
    lambda: marshal.loads(b"[\xff\xff\xff\x7f"),
):
    try:
        bad()
    except (ValueError, EOFError, TypeError, MemoryError) as e:
        print(type(e).__name__, e)
