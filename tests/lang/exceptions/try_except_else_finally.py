def f(x):
    log = []
    try:
        log.append("try")
        if x == 1:
            raise ValueError("v")
        if x == 2:
            raise KeyError("k")
        if x == 3:
            return log
        log.append("end")
    except ValueError as e:
        log.append(f"except {e}")
    except (KeyError, TypeError) as e:
        log.append(f"multi {e}")
    else:
        log.append("else")
    finally:
        log.append("finally")
    return log


print([f(i) for i in range(4)])


def order():
    for i in range(3):
        try:
            if i == 0:
                continue
            if i == 2:
                break
            yield i
        finally:
            yield f"f{i}"


print(list(order()))


def ret():
    try:
        return "try"
    finally:
        print("before return")


def nested():
    try:
        try:
            1 / 0
        finally:
            print("inner")
    except ZeroDivisionError as e:
        return repr(e)
    finally:
        print("outer")


print(ret(), nested())
try:
    e = "kept"
    raise ValueError
except ValueError as e:
    pass
try:
    print(e)
except NameError as n:
    print(n)


def reraise():
    try:
        try:
            raise ValueError("original")
        except ValueError:
            raise
    except ValueError as e:
        return e.args


print(reraise())
try:
    raise
except RuntimeError as e:
    print(e)


def dynamic(types):
    try:
        raise KeyError("x")
    except types:
        return "caught"


print(dynamic((ValueError, KeyError)), dynamic(LookupError))
for bad in (5, "str", (ValueError, 5), int, [KeyError]):
    try:
        dynamic(bad)
    except TypeError as e:
        print(e)
for bad in (5, "s", int, None, object()):
    try:
        raise bad
    except TypeError as e:
        print(e)
