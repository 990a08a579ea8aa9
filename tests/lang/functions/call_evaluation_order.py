def e(tag, v=None):
    print(tag, end=" ")
    return v


def f(*a, **k):
    return "called"


print(e("func", f)(e("a"), *e("star", []), e("b"), k=e("kw"), **e("dstar", {})))
x = {e("k1", 1): e("v1"), e("k2", 2): e("v2")}
print()
e("container", {})[e("key", 1)] = e("value")
print()
r = e("left", 1) + e("mid", 2) * e("right", 3)
print(r)
r = e("a", 1) < e("b", 5) < e("c", 3) < e("d", 9)
print(r)
print([e("elt", i) for i in e("iter", [1, 2]) if e("cond", True)])


def g(a=e("default-a"), *, b=e("default-b")) -> None:
    pass


print()


@e("deco1", lambda f: f)
@e("deco2", lambda f: f)
class K(e("base", object), metaclass=e("meta", type)):
    e("body")


print()
del e("delobj", {1: 1})[e("delkey", 1)]
print()
assert e("assert", True), e("msg")
print()
i = 0
a = [10, 20]
i, a[i] = e("rhs", (1, "x"))
print(i, a)
