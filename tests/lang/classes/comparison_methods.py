class V:
    def __init__(self, n):
        self.n = n

    def __lt__(self, o):
        print("lt", self.n, getattr(o, "n", o))
        return NotImplemented if not isinstance(o, V) else self.n < o.n

    def __gt__(self, o):
        print("gt", self.n, getattr(o, "n", o))
        return NotImplemented if not isinstance(o, V) else self.n > o.n

    def __eq__(self, o):
        print("eq", self.n, getattr(o, "n", o))
        return NotImplemented


class W(V):
    def __gt__(self, o):
        print("W.gt", self.n, o.n)
        return "truthy"


print(V(1) < V(2), V(1) > V(2), V(1) == V(1), V(1) != V(2), V(1) < W(2), 1 == V(1), V(1) == 1)
for expr in ("V(1) < 5", "5 < V(1)", "V(1) <= V(2)", "V(1) >= 3"):
    try:
        print(eval(expr))
    except TypeError as e:
        print(expr, e)


class Weird:
    def __eq__(self, o):
        return [1, 2]

    def __ne__(self, o):
        return ""

    def __lt__(self, o):
        return "lt"


w = Weird()
print(w == 1, w != 1, w < 1, 1 > w, w in [5], [w] == [5], [5, 6].index(w))


class Raises:
    def __bool__(self):
        raise ZeroDivisionError("bool")

    def __eq__(self, o):
        return self


for f in (
    lambda: Raises() in [1],
    lambda: [1].count(Raises()),
    lambda: (Raises(),) == (1,),
    lambda: 1 if Raises() == 1 else 0,
    lambda: Raises() == 1 == 2,
    lambda: not Raises(),
):
    try:
        f()
        print("fine")
    except ZeroDivisionError as e:
        print(e)


class NoOrder:
    pass


a, b = NoOrder(), NoOrder()
print(a == a, a == b, a != b, hash(a) == hash(a))
