for i in range(3):
    for j in range(3):
        if j == 1: continue
        if i == 1: break
        print(i, j, end="; ")
    else:
        print("inner else", i, end="; ")
else:
    print("outer else")
n = 10
while n:
    n -= 3
    if n < 0: break
else:
    print("never")
print(n)
def find(xs, want):
    for k, x in enumerate(xs):
        if x == want: return k
    else: return -1
print(find("abc", "b"), find("abc", "z"))
while True:
    try:
        n += 1
        if n < 3: continue
        break
    finally: print("f", n, end=" ")
print()
x = 5
x = x if x > 3 else 0 if x else None
print(x, (1, 2)[x > 3], [i for i in range(3) for _ in range(i)])
if 0: pass
elif []: pass
elif "x": print("elif")
else: print("no")
for i in (): pass
else: print("empty else")
del i
for i, (a, *b) in enumerate([(1, 2, 3), (4,)]): print(i, a, b)
for d["k"] in [1, 2] if (d := {}) is not None else []: pass
print(d)
def gen_loop():
    for x in range(5):
        if x == 2:
            for y in "ab":
                if y == "b": break
                yield x, y
            else: yield "no"
            continue
        try: yield x
        finally:
            if x == 3: return
print(list(gen_loop()))
pass; print("a"); print("b")
i = 0
while (i := i + 1) < 5:
    if i % 2: continue
    print(i, end=" ")
else: print("end", i)
class Loop:
    for v in range(3): pass
    while v: v -= 1
print(Loop.v)
assert True
total = 0
for a in range(50):
    for b in range(a, 50):
        c = (a * a + b * b) ** 0.5
        if c > 50: break
        if c == int(c) and a: total += 1
print(total)
