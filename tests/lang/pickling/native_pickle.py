"""The native pickler: exact bytes of every protocol, framing, buffers, hooks, errors; and malformed pickles."""
import copyreg
import io
import pickle
import pickletools

assert pickle.Pickler.__module__ == "_pickle"


def show(function, *args, **kwargs):
    try:
        print(ascii(function(*args, **kwargs))[:300])
    except RecursionError:
        print("RecursionError")
    except Exception as error:
        print(type(error).__name__, ascii(str(error)), getattr(error, "__notes__", ""))


class Plain:
    pass


class Slots:
    __slots__ = ("a", "b")


class Reduced:
    def __init__(self, value):
        self.value = value

    def __reduce__(self):
        return self.value


class Sub(dict):
    pass


plain = Plain()
plain.x = 1
plain.me = plain
slots = Slots()
slots.a = [1]
sub = Sub(a=1)
sub.z = 2
loop = []
loop.append((loop,))
values = [0, -1, 255, 256, 65536, 2**31, -2**31, 2**100, -2**63, None, True, 1.5, "a", "\u20ac\n\\\0\ud834", b"", b"ab",
          bytearray(b"x"), (), (1,), (1, 2, 3, 4), [], [1], [1, 2], {}, {1: 2}, {1: 2, 3: 4}, set(), {1}, frozenset(), frozenset([1]),
          len, int, type(None), ..., range(3), slice(1, 2), 1j, ValueError(3), plain, slots, sub, loop, Plain]
for value in values:
    for protocol in range(6):
        show(lambda: pickletools.optimize(pickle.dumps(value, protocol)))
for value in [list(range(1001)), dict.fromkeys(range(1001)), set(range(1001)), ["x" * 70000, "y"], [b"a" * 30000] * 3, bytearray(70000)]:
    for protocol in (1, 3, 5):
        data = pickle.dumps(value, protocol)
        print(len(data), pickle.loads(data) == value, pickle.load(io.BytesIO(data)) == value)


class Writer:
    def write(self, data):
        print("write", type(data).__name__, len(data))


for value in ["x" * 70000, [b"a" * 70000, 1], bytearray(70000), [str(i) * 1000 for i in range(200)]]:
    pickle.dump(value, Writer(), 5)

buffers = []
data = pickle.dumps([pickle.PickleBuffer(bytearray(b"abc")), pickle.PickleBuffer(b"def")], 5, buffer_callback=buffers.append)
print(data, [bytes(b) for b in pickle.loads(data, buffers=buffers)])
show(pickle.loads, data)
show(pickle.loads, data, buffers=[])

for reduced in [1, (), (1,), (1, 2), (list, 1), (list, (), None, 1), (list, (), None, None, 1), (list, (), None, None, None, 1),
                "nowhere", (copyreg.__newobj__, ()), (copyreg.__newobj__, (1,)), (copyreg.__newobj__, (Plain,)),
                (copyreg.__newobj_ex__, (1, 2, 3)), (dict, (), None, None, iter([1])), (list, (), None, iter([object(), lambda: 0]))]:
    try:
        pickle.dumps(Reduced(reduced), 4)
    except Exception as error:
        print(type(error).__name__, str(error).partition("<")[0], getattr(error, "__notes__", ""))


class Hooked(pickle.Pickler):
    def persistent_id(self, obj):
        return "pid" if obj == 5 else None

    def reducer_override(self, obj):
        return (str, ("replaced",)) if isinstance(obj, Plain) else NotImplemented


class Loading(pickle.Unpickler):
    def persistent_load(self, pid):
        return ("loaded", pid)

    def find_class(self, module, name):
        print("find", module, name)
        return super().find_class(module, name)


for protocol in (0, 2, 5):
    out = io.BytesIO()
    Hooked(out, protocol).dump([5, plain, 6])
    print(Loading(io.BytesIO(out.getvalue())).load())

pickler = pickle.Pickler(io.BytesIO())
pickler.dump([1, "a"])
print(sorted(v[0] for v in pickler.memo.copy().values()))
show(setattr, pickler, "memo", 3)
unpickler = pickle.Unpickler(io.BytesIO(pickle.dumps([1, "a"])))
print(unpickler.load(), unpickler.memo.copy())
show(setattr, unpickler, "memo", {-1: 1})
show(unpickler.load)

for data in [b"", b"\x80", b"\x80\x09", b"(", b".", b"0", b"(.", b"t", b"(Nd.", b"\x86.", b"(N\x86.", b"a.", b"Nu.", b"](e.", b"N(Ne.",
             b"}(Nu.", b"\x8f(N\x90.", b"NNb.", b"N(NKtb.", b"NR.", b"NNR.", b"N)R.", b"NN\x81.", b"cbuiltins\nint\nNN\x92.", b"cx\n",
             b"csys\nxx\n.", b"\x80\x04csys\nxx.y\n.", b"NN\x93.", b"(o.", b"(No.", b"g0\n.", b"gx\n.", b"h\x01.", b"Np-1\n.", b"p0\n.",
             b"\x94.", b"Ix\n.", b"I01\n.", b"LxL\n.", b"F1.5\n.", b"S'a\n.", b"T\xff\xff\xff\xff.", b"U\x01\xff.", b"\x8b\xff\xff\xff\xff.",
             b"C\x05a", b"X\x01\x00\x00\x00\xff.", b"V\\u20ac\n.", b"\x95" + b"\xff" * 8, b"\x95\x05\x00\x00\x00\x00\x00\x00\x00N.",
             b"\x80\x04\x95\x03\x00\x00\x00\x00\x00\x00\x00C\nhelloworld.", b"\x82\x00.", b"\x82\x01.", b"\x97.", b"N\x98.", b"NQ.", b"P\xff\n.",
             b"\xff", b"z", b"\\", b"(N(N1."]:
    show(pickle.loads, data)
    show(pickle.load, io.BytesIO(data))

deep = []
for _ in range(300_000):
    deep = [deep]
for protocol in range(6):
    show(pickle.dumps, deep, protocol)
