class A:
    x = "A.x"

    def f(self):
        return "A.f"

    @classmethod
    def c(cls):
        return "A.c", cls.__name__

    @property
    def p(self):
        return "A.p"

    def __getitem__(self, k):
        return ("A", k)


class B(A):
    x = "B.x"

    def f(self):
        return "B>" + super().f()

    @classmethod
    def c(cls):
        return super().c()

    @property
    def p(self):
        return "B>" + super().p

    def attr(self):
        return super().x, super(B, self).x, super(B, type(self)).x

    def __getitem__(self, k):
        return super().__getitem__(k)

    def nested(self):
        def inner():
            return super(B, self).f()

        return inner()

    def comp(self):
        return [super(B, self).f() for _ in range(1)]

    def explicit(self):
        return super(__class__, self).f()


b = B()
print(b.f(), B.c(), b.p, b.attr(), b[1], b.nested(), b.comp(), b.explicit())
s = super(B, b)
print(s.__thisclass__.__name__, s.__self__ is b, s.__self_class__.__name__, repr(s).split(" at ")[0])


def lone(self):
    return super().f()


B.lone = lone
for f in (
    lambda: b.lone(),
    lambda: super(int, b),
    lambda: super(B, b).nope,
    lambda: super(),
    lambda: super(B).f,
    lambda: super(1, 2),
):
    try:
        f()
    except (RuntimeError, TypeError, AttributeError) as e:
        print(type(e).__name__, e)


class D:
    def __init__(self, **kw):
        self.log = ["D"]
        assert not kw, kw


class E(D):
    def __init__(self, e=0, **kw):
        super().__init__(**kw)
        self.log.append(f"E{e}")


class F(D):
    def __init__(self, f=0, **kw):
        super().__init__(**kw)
        self.log.append(f"F{f}")


class G(E, F):
    def __init__(self, **kw):
        super().__init__(**kw)
        self.log.append("G")


print(G(e=1, f=2).log)


class S(A):
    def f(self):
        self = None
        try:
            return super().f()
        except AttributeError as e:
            return str(e)


print(S().f())
