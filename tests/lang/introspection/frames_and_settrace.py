import sys
events = []
def tracer(frame, event, arg):
    if frame.f_code.co_name in ("f", "g", "gen"):
        events.append((frame.f_code.co_name, event, frame.f_lineno - frame.f_code.co_firstlineno, arg if event in ("return",) else (arg[0].__name__ if event == "exception" else None)))
        return tracer
def f(n):
    x = 1
    for i in range(n):
        x += i
    try:
        g()
    except ValueError:
        pass
    return x
def g():
    raise ValueError
def gen():
    yield 1
    yield 2
sys.settrace(tracer)
f(2)
list(gen())
sys.settrace(None)
for e in events: print(e)
print(sys.gettrace())
events.clear()
def prof(frame, event, arg):
    if event.startswith("c_"): events.append((event, arg.__name__))
    else: events.append((event, frame.f_code.co_name))
sys.setprofile(prof)
f(1)
len([])
sys.setprofile(None)
for e in events: print(e)
def frames():
    fr = sys._getframe()
    return fr.f_code.co_name, fr.f_back.f_code.co_name, fr.f_locals, fr.f_globals is globals(), fr.f_builtins["len"] is len, fr.f_lasti > 0, fr.f_trace
print(frames()[:2], frames()[3:])
def modify():
    v = 1
    sys._getframe().f_locals["v"] = 99
    sys._getframe().f_locals["new"] = 5
    return v, sorted(sys._getframe().f_locals)
print(modify())
for bad in (lambda: sys._getframe(1000), lambda: sys._getframe("x"), lambda: sys.settrace(), lambda: sys._getframe().clear()):
    try:
        bad()
    except Exception as e:
        print(type(e).__name__, e)
def jump_tracer(frame, event, arg):
    if frame.f_code.co_name != "jumpy": return None
    if event == "line" and frame.f_lineno == frame.f_code.co_firstlineno + 2: frame.f_lineno += 1
    return jump_tracer
def jumpy():
    out = ["start"]
    out.append("skipped")
    out.append("end")
    return out
sys.settrace(jump_tracer)
r = jumpy()
sys.settrace(None)
print(r)
