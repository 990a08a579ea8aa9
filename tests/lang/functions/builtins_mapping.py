"""`__builtins__` of the globals may be any mapping; functions made there inherit it."""
import builtins
import types


class Logged(dict):
    def __missing__(self, key):
        if key.startswith("__"):
            raise KeyError(key)
        return f"<{key}>"


def attempt(action):
    try:
        return action()
    except Exception as error:
        return type(error).__name__, str(error)


code = compile("superglobal", "test", "eval")
print(eval(code, {"__builtins__": types.MappingProxyType({"superglobal": 1})}))
print(attempt(lambda: eval(code, {"__builtins__": types.MappingProxyType({})})))
print(eval(code, {"__builtins__": Logged()}))
print(attempt(lambda: eval(code, {"__builtins__": 123})))

# The same code with another kind of builtins, after many runs with a dict.
source = "def f():\n    return sum(len(x) for x in ('a', 'bc'))\n"
space = {"__builtins__": vars(builtins)}
exec(source, space)
print({space["f"]() for _ in range(100)})
shared = space["f"].__code__
again = {"__builtins__": types.MappingProxyType({"sum": list, "len": lambda x: -len(x)})}
print(types.FunctionType(shared, again)())
get = {"__builtins__": {"value": 1}}
exec("def g(): return value", get)
print({get["g"]() for _ in range(100)})
get["__builtins__"] = Logged()
print(types.FunctionType(get["g"].__code__, get)(), get["g"]())

print(attempt(lambda: exec("import foo.bar", {"__builtins__": types.MappingProxyType({})})))
space = {"__builtins__": types.MappingProxyType({"__import__": lambda *args: args})}
exec("import foo.bar", space)
print(space["foo"][0], space["foo"][3:])
print(attempt(lambda: exec("class A: pass", {"__builtins__": types.MappingProxyType({})})))

# What __reduce__ names is found there.
reduce = compile("x.__reduce__()", "test", "eval")
for value in iter([1, 2]), iter("ab"), iter((1,)), iter({1: 2}), iter(range(3)), iter(b"a"), reversed([1, 2]):
    print(attempt(lambda: eval(reduce, {"__builtins__": types.MappingProxyType({}), "x": value})))
    print(eval(reduce, {"__builtins__": {"iter": "I", "reversed": "R"}, "x": value})[0])

# Without __builtins__ in its globals a function takes those of the code that makes it.
own = {"None": None}
space = {"type": type, "__builtins__": own}
exec("def f(s): pass\nmade = type(f)(f.__code__, {})", space)
print(space["f"].__builtins__ is own, space["made"].__builtins__ is own, space["made"].__globals__)
print(types.FunctionType(shared, {})(), types.FunctionType(shared, {}).__builtins__ is vars(builtins))

# all, any and tuple of a generator expression are looked up by name.
def functions():
    return all(x for x in [1]), any(x for x in [1]), tuple(x for x in [1])


print(functions())
saved = builtins.all, builtins.any, builtins.tuple
builtins.all = builtins.any = builtins.tuple = lambda x: "mine"
replaced = functions()
builtins.all, builtins.any, builtins.tuple = saved
print(replaced, functions())
