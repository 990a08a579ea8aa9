import contextvars

v = contextvars.ContextVar("v", default=1)
w = contextvars.ContextVar("w")
print(v.get(), w.get("fallback"), v.name)
try:
    w.get()
except LookupError as e:
    print(type(e).__name__)
t = v.set(2)
print(v.get(), t.old_value is contextvars.Token.MISSING, t.var is v)
t2 = v.set(3)
print(t2.old_value)
v.reset(t2)
print(v.get())
try:
    v.reset(t2)
except RuntimeError as e:
    print(str(e).split("<")[0])
v.reset(t)
print(v.get())
with v.set(10) as tok:
    print(v.get())
print(v.get())
c = contextvars.copy_context()


def f():
    v.set("inside")
    w.set("w")
    return v.get()


print(
    c.run(f), v.get(), c[v], len(c), v in c, sorted(x.name for x in c), c.get(w), list(c.values()) == [c[x] for x in c]
)
try:
    w.get()
except LookupError:
    print("w unset outside")
try:
    c.run(c.run, f)
except RuntimeError as e:
    print(str(e).split(":")[0])
e = contextvars.Context()
print(e.run(v.get), len(e), e == contextvars.Context(), c.copy() == c)
foreign = e.run(lambda: v.set(5))
try:
    v.reset(foreign)
except ValueError as x:
    print(str(x).split("<")[0], str(x).endswith("different Context"))
try:
    e[v]
except KeyError:
    print("KeyError")
for bad in (
    lambda: contextvars.ContextVar(),
    lambda: contextvars.ContextVar(5),
    lambda: c.run(),
    lambda: hash(v) and v.get(1, 2),
):
    try:
        bad()
    except TypeError as x:
        print(x)
import asyncio


async def task(n):
    v.set(n)
    await asyncio.sleep(0)
    return v.get()


async def main():
    r = await asyncio.gather(task("a"), task("b"))
    ctx = contextvars.copy_context()
    t = asyncio.create_task(task("ctx"), context=ctx)
    await t
    return r, v.get(), ctx[v]


print(asyncio.run(main()))


def gen():
    v.set("gen")
    yield v.get()
    yield v.get()


g = gen()
print(next(g), v.get())
v.set("changed")
print(next(g))
