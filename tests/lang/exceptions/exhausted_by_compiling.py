# sanitizers: they take address space of their own
# A program too large for the memory there is: MemoryError from wherever it is compiled, and everything works afterwards.
import ast
import gc
import resource
import symtable


def room(mebibytes: int) -> None:
    with open("/proc/self/statm") as file:
        used = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + (mebibytes << 20), resource.RLIM_INFINITY))


def attempt(what: str, work) -> None:
    try:
        work()
    except MemoryError:
        print(what, "MemoryError")
    else:
        print(what, "done")
    gc.collect()
    exec("def f(a, b=2): return [a, b]\nassert f(1) == [1, 2]")


functions = "def f(a, b=1, *args, **rest): return [a + b for x in args if x]\n" * 300_000
display = "x = [" + "1, f(a), " * 4_000_000 + "]"
wrong = "x = [" + "1, f(a), " * 4_000_000 + "if ]"
strings = "x = (" + '"abc" ' * 4_000_000 + ")"
attempt("set up", lambda: compile(functions[:65], "<text>", "exec"))
room(100)
attempt("compile functions", lambda: compile(functions, "<text>", "exec"))
attempt("compile a display", lambda: compile(display, "<text>", "exec"))
attempt("compile strings", lambda: compile(strings, "<text>", "exec"))
attempt("compile an error", lambda: compile(wrong, "<text>", "exec"))
attempt("exec", lambda: exec(functions))
attempt("eval", lambda: eval(display[4:]))
attempt("ast.parse", lambda: ast.parse(functions))
attempt("symtable", lambda: symtable.symtable(functions, "<text>", "exec"))
resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(ast.unparse(ast.parse("f(x)[1:2]")))
