def log(tag, value):
    print(tag, end=" ")
    return value


class Box:
    def __init__(self):
        self.d = {"v": 10}

    def __getattr__(self, n):
        print("get", n, end=" ")
        return self.__dict__["d"][n]


a = [1, 2]
log("obj", a)[log("idx", 0)] += log("val", 5)
print(a)
o = Box()
log("o", o).d["v"] -= 3
print(o.d)
x = 5
x += 1
x -= 2
x *= 3
x /= 4
x //= 1
x **= 2
x %= 5
print(x)
y = 6
y <<= 2
y >>= 1
y &= 13
y |= 2
y ^= 7
print(y)
s = "a"
s += "b"
s *= 3
print(s)
t = (1,)
u = t
t += (2,)
print(t, u)
l = [1]
m = l
l += "ab"
l *= 2
print(m)


class M:
    def __imatmul__(self, o):
        return ("imatmul", o)


q = M()
q @= 5
print(q)


def f():
    z += 1


try:
    f()
except UnboundLocalError as e:
    print(e)
for bad in ("u1 += 1", "a[9] += 1", "o2.x += 1", "(1).x += 1"):
    try:
        exec(bad)
    except Exception as e:
        print(bad, type(e).__name__, e)
