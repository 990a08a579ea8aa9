import contextvars
import threading

v = contextvars.ContextVar("v", default="d")
tok = v.set("main")
out = []


def f():
    out.append(v.get())
    v.set("thread")
    out.append(v.get())


t = threading.Thread(target=f, context=contextvars.Context())
t.start()
t.join()
ctx = contextvars.copy_context()
t = threading.Thread(target=ctx.run, args=(f,))
t.start()
t.join()
print(out, v.get(), ctx[v])
ids = set()
gate = threading.Barrier(4)


def ident():
    gate.wait()
    ids.add(threading.get_ident())
    gate.wait()


ts = [threading.Thread(target=ident) for _ in range(4)]
[t.start() for t in ts]
[t.join() for t in ts]
print(len(ids), threading.get_ident() in ids, threading.get_ident() == threading.main_thread().ident)
import sys

names = []


def prof(frame, event, arg):
    if event == "call":
        names.append(frame.f_code.co_name)


def traced():
    return inner()


def inner():
    return 1


threading.setprofile(prof)
t = threading.Thread(target=traced)
t.start()
t.join()
threading.setprofile(None)
print([n for n in names if n in ("traced", "inner")])
print(sorted(sys._current_frames()) == [threading.get_ident()])
