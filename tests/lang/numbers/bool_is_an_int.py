print(True + True, True * 10, True / 2, -True, ~True.__int__(), True << 3, True == 1, True is 1 == 1)
print(True & False, True | False, True ^ True, True & 1, 1 | False, type(True & 1), type(True ^ False))
print(bool([]), bool([0]), bool(0.0), bool("0"), bool(None), bool(...), bool(range(0)), bool())
print(isinstance(True, int), issubclass(bool, int), int(True), float(False), str(True), f"{True:d} {True!s:>6} {True}")
print([10, 20][True], {1: "a"}[True], {True: "t", 1: "one"}, sum([True, False, True]))
try:

    class B(bool):
        pass
except TypeError as e:
    print(e)


class Odd:
    def __bool__(self):
        return 1


class Len:
    def __len__(self):
        return -1


for thing in (Odd(), Len()):
    try:
        bool(thing)
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)
