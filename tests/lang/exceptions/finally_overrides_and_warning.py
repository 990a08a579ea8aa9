import warnings


def compile_and_run(source):
    with warnings.catch_warnings(record=True) as w:
        warnings.simplefilter("always")
        ns = {}
        exec(source, ns)
        return ns["f"](), [(x.category.__name__, str(x.message)) for x in w]


print(compile_and_run("def f():\n try: return 1\n finally: return 2"))
print(compile_and_run("def f():\n try: 1/0\n finally: return 'swallowed'"))
print(compile_and_run("def f():\n for i in range(3):\n  try: continue\n  finally: break\n return i"))
print(compile_and_run("def f():\n for i in range(3):\n  try: 1/0\n  finally: continue\n return i"))


def g():
    try:
        raise ValueError("first")
    finally:
        raise KeyError("second")


try:
    g()
except KeyError as e:
    print(repr(e), repr(e.__context__))
