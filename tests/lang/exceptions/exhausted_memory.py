# reference: crashes
# stderr: ignore
# Under a limit of the address space everything that asks for too much raises MemoryError, and the program goes on.
import resource
import sys


def limit():
    with open("/proc/self/statm") as f:
        now = int(f.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + (64 << 20), resource.RLIM_INFINITY))


def attempt(name, function):
    try:
        function()
    except MemoryError:
        print(name, "MemoryError")
    else:
        print(name, "no error")


def grow(make, add):
    def run():
        made = make()
        while True:
            add(made)

    return run


def strings():
    s = "x"
    while True:
        s += s


def numbers():
    x = 3
    while True:
        x <<= x.bit_length()


def nested():
    x = ()
    while True:
        x = (x, x, [x] * 100)


def main():
    import array
    import collections
    import io

    limit()
    attempt("bytes", lambda: bytes(1 << 40))
    attempt("bytearray", lambda: bytearray(1 << 40))
    attempt("list", lambda: [0] * (1 << 40))
    attempt("tuple", lambda: (0,) * (1 << 40))
    attempt("str", lambda: "x" * (1 << 40))
    attempt("int", lambda: 1 << (1 << 34))
    attempt("array", lambda: array.array("d", [0]) * (1 << 38))
    attempt("list of range", lambda: list(range(1 << 40)))
    attempt("set of range", lambda: set(range(1 << 40)))
    attempt("dict of range", lambda: dict.fromkeys(range(1 << 40)))
    attempt("join", lambda: ("x" * (1 << 20)).join(["y"] * (1 << 12)))
    attempt("format", lambda: f"{1:{1 << 33}}")
    attempt("replace", lambda: ("x" * (1 << 20)).replace("x", "y" * (1 << 12)))
    attempt("BytesIO", lambda: io.BytesIO().write(b"x" * (1 << 27)) and io.BytesIO(b"x").seek(1 << 40) and bytes(1 << 40))
    attempt("deque", grow(lambda: collections.deque(), lambda d: d.extend(range(1000))))
    attempt("growing list", grow(list, lambda v: v.extend(range(100000))))
    attempt("growing dict", grow(dict, lambda d: d.update((len(d) + i, [i]) for i in range(1000))))
    attempt("growing set", grow(set, lambda s: s.update(range(len(s), len(s) + 1000))))
    attempt("growing str", strings)
    attempt("growing int", numbers)
    attempt("nested", nested)
    print("still there:", sum(range(1000)), sys.getsizeof([]) > 0)


main()
