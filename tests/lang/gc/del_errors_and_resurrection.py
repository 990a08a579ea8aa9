import sys

sys.unraisablehook = lambda u: print("unraisable", u.exc_type.__name__, u.exc_value)


class Bad:
    def __del__(self):
        raise ValueError("in del")


Bad()
print("continues")
kept = []


class Res:
    count = 0

    def __del__(self):
        Res.count += 1
        kept.append(self)


r = Res()
del r
print(Res.count, len(kept))
kept.clear()
print(Res.count)


class NoArgs:
    def __del__(self, extra):
        pass


NoArgs()


class Attr:
    def __del__(self):
        print(self.missing)


Attr()


class Inst:
    pass


i = Inst()
i.__del__ = lambda: print("never called")
del i


class Sub(Res):
    def __del__(self):
        print("sub del")
        super().__del__()


Sub()
print(Res.count)
kept.clear()


class Late:
    pass


l = Late()
Late.__del__ = lambda self: print("late del")
del l


class DictClear:
    def __del__(self):
        d.clear()
        print("cleared", len(d))


d = {1: DictClear()}
del d[1]


class Append:
    def __del__(self):
        lst.append("from del")


lst = [Append(), 1, 2]
lst[:] = []
print(lst)
