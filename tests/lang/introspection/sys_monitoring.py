import sys

M = sys.monitoring
E = M.events
M.use_tool_id(3, "mytool")
print(M.get_tool(3), M.get_tool(4))
log = []
M.register_callback(3, E.PY_START, lambda code, off: log.append(("start", code.co_name)))
M.register_callback(3, E.PY_RETURN, lambda code, off, v: log.append(("return", code.co_name, v)))
M.register_callback(3, E.LINE, lambda code, line: log.append(("line", line - code.co_firstlineno)))
M.register_callback(3, E.CALL, lambda code, off, f, a: log.append(("call", getattr(f, "__name__", f))))
M.register_callback(3, E.RAISE, lambda code, off, e: log.append(("raise", type(e).__name__)))
M.register_callback(3, E.BRANCH_LEFT, lambda code, a, b: log.append("left"))
M.register_callback(3, E.BRANCH_RIGHT, lambda code, a, b: log.append("right"))
M.register_callback(3, E.PY_YIELD, lambda code, off, v: log.append(("yield", v)))


def f(x):
    if x > 1:
        return len("ab")
    return 0


def boom():
    raise ValueError


def gen():
    yield 5


M.set_local_events(3, f.__code__, E.PY_START | E.PY_RETURN | E.LINE | E.CALL | E.BRANCH_LEFT | E.BRANCH_RIGHT)
f(2)
f(0)
M.set_local_events(3, gen.__code__, E.PY_YIELD)
list(gen())
M.set_events(3, E.RAISE)
try:
    boom()
except ValueError:
    pass
M.set_events(3, 0)
for e in log:
    print(e)
log.clear()


def disable(code, off):
    log.append("once")
    return M.DISABLE


M.register_callback(3, E.PY_START, disable)


def h():
    pass


M.set_local_events(3, h.__code__, E.PY_START)
h()
h()
h()
print(log)
M.restart_events()
h()
print(log, M.get_local_events(3, h.__code__) == E.PY_START, M.get_events(3))
for bad in (
    lambda: M.use_tool_id(3, "x"),
    lambda: M.use_tool_id(9, "x"),
    lambda: M.set_events(4, E.LINE),
    lambda: M.set_events(3, 1 << 30),
    lambda: M.register_callback(3, 3, print),
):
    try:
        bad()
    except ValueError as e:
        print(e)
M.free_tool_id(3)
print(M.get_tool(3))
