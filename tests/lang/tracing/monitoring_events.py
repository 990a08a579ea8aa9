"""sys.monitoring: which events, where, with which arguments; DISABLE and restart_events."""
import sys

mon = sys.monitoring
E = mon.events
TOOL = 3


def loop(n):
    total = 0
    for i in range(n):
        if i % 2:
            total += i
        else:
            total -= i
    while total > 100:
        total -= 1
    return total


def gen():
    yield 1
    try:
        yield 2
    except ValueError:
        yield 3


def raising():
    try:
        len(5)
    except TypeError:
        pass
    try:
        try:
            raise KeyError(1)
        finally:
            str()
    except KeyError:
        pass
    [].append(1)


NAMES = ("PY_START PY_RESUME PY_RETURN PY_YIELD CALL LINE JUMP BRANCH_LEFT BRANCH_RIGHT STOP_ITERATION RAISE "
         "EXCEPTION_HANDLED PY_UNWIND PY_THROW RERAISE C_RETURN C_RAISE").split()
WATCHED = {f.__code__ for f in (loop, gen, raising)}
seen = []


def show(arg):
    if arg is mon.MISSING:
        return "MISSING"
    if isinstance(arg, BaseException):
        return type(arg).__name__
    return getattr(arg, "__name__", None) or repr(arg)


def recorder(name):
    def callback(code, place, *rest):
        if code in WATCHED:
            seen.append((name, code.co_name, place - code.co_firstlineno if name == "LINE" else place, *map(show, rest)))
    return callback


def watch(names, function):
    seen.clear()
    events = 0
    for name in names:
        events |= getattr(E, name)
        mon.register_callback(TOOL, getattr(E, name), recorder(name))
    mon.set_events(TOOL, events)
    function()
    mon.set_events(TOOL, 0)
    for name in names:
        mon.register_callback(TOOL, getattr(E, name), None)
    print(f"-- {function.__name__}: {' '.join(names)}")
    for event in seen:
        print(*event)


def use_gen():
    g = gen()
    next(g), next(g), g.throw(ValueError)
    for _ in g:
        pass
    g = gen()
    next(g)
    g.close()


def use_loop():
    loop(3)


mon.use_tool_id(TOOL, "test")
print(mon.get_tool(TOOL), mon.get_events(TOOL))
watch(["LINE"], use_loop)
watch(["BRANCH_LEFT", "BRANCH_RIGHT", "JUMP"], use_loop)
watch(["PY_START", "PY_RESUME", "PY_RETURN", "PY_YIELD", "PY_THROW", "PY_UNWIND"], use_gen)
watch(["CALL", "C_RETURN", "C_RAISE"], raising)
watch(["RAISE", "RERAISE", "EXCEPTION_HANDLED"], raising)

lines = []


def once(code, line):
    lines.append(line - code.co_firstlineno)
    return mon.DISABLE


mon.register_callback(TOOL, E.LINE, once)
mon.set_local_events(TOOL, loop.__code__, E.LINE)
loop(5), loop(5)
print(lines)
mon.restart_events()
loop(1)
print(lines)
print(mon.get_local_events(TOOL, loop.__code__), mon._all_events())
mon.set_local_events(TOOL, loop.__code__, 0)

for call in (lambda: mon.set_events(TOOL, E.C_RETURN), lambda: mon.set_events(9, 0), lambda: mon.set_events(5, 1),
             lambda: mon.set_local_events(TOOL, loop.__code__, E.RAISE), lambda: mon.register_callback(TOOL, 3, None),
             lambda: mon.use_tool_id(TOOL, "again"), lambda: mon.set_events(TOOL, 1 << 30)):
    try:
        call()
    except ValueError as error:
        print(error)

mon.register_callback(TOOL, E.PY_UNWIND, lambda *args: mon.DISABLE)
mon.set_events(TOOL, E.PY_UNWIND)
try:
    try:
        int("x" * 3, base=99) if loop(1) else raising(1)
    except ValueError:
        pass
    except TypeError:
        pass
    (lambda: 1 / 0)()
except (ZeroDivisionError, ValueError) as error:
    print(type(error).__name__, error)
mon.set_events(TOOL, 0)
mon.free_tool_id(TOOL)
print(mon.get_tool(TOOL))
