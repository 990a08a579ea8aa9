"""One call site that sees functions of the same number of positional parameters but of other shapes."""


class A:
    def m(self):
        return "plain"


class B:
    def m(self):
        return "plain too"


class C:
    def m(self, *, flag=True, **more):
        return "keywords", flag, more


class D:
    def m(self, *rest):
        return "rest", rest


class E:
    def m(self, x=1):
        return "default", x


def call(o):
    return o.m()


for _ in range(40):
    for cls in (A, B, C, D, E, C, B):
        shown = call(cls())
print(shown, call(C()), call(D()), call(E()))


def fresh(kind):
    if kind == 0:
        return lambda x: ("one", x)
    if kind == 1:
        return lambda x, *, k=2: ("keyword", x, k)
    if kind == 2:
        return lambda x, **more: ("more", x, more)
    return lambda x, y=3: ("default", x, y)


results = [fresh(i % 4)(i) for i in range(80)]
print(results[-4:])
