def g():
    print("start")
    try:
        while True:
            try:
                x = yield "y"
                print("got", x)
            except ValueError as e:
                print("caught", e)
                yield "from except"
    finally:
        print("finally")


it = g()
print(next(it), it.send(1), it.throw(ValueError("v")), next(it), it.send(None))
it.close()
it.close()
print(next(it, "done"), it.gi_frame, it.gi_running, it.gi_code.co_name)
fresh = g()
try:
    fresh.send(5)
except TypeError as e:
    print(e)
fresh.close()
fresh2 = g()
try:
    fresh2.throw(KeyError("k"))
except KeyError as e:
    print(repr(e))


def ret():
    yield 1
    return "value"


r = ret()
next(r)
try:
    next(r)
except StopIteration as e:
    print(e.value, e.args)


def stop_inside():
    yield 1
    raise StopIteration("x")


try:
    list(stop_inside())
except RuntimeError as e:
    print(e, repr(e.__cause__))


def ignores_exit():
    try:
        yield
    except GeneratorExit:
        yield 2


i = ignores_exit()
next(i)
try:
    i.close()
except RuntimeError as e:
    print(e)


def reenter():
    yield next(me)


me = reenter()
try:
    next(me)
except ValueError as e:
    print(e)


def close_value():
    try:
        yield
    except GeneratorExit:
        return "closing value"


c = close_value()
next(c)
print(c.close())
for bad in (
    "r.throw()",
    "r.throw(1)",
    "r.throw(ValueError, 1, 2)",
    "r.throw(int)",
    "r.gi_frame.f_lineno",
    "next(r, 1, 2)",
    "r.gi_running = 1",
):
    try:
        print(bad, eval(bad) if "=" not in bad else exec(bad))
    except BaseException as e:
        print(bad, "|", type(e).__name__, e)
