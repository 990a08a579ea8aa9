"""co_code is one object; equal code has equal bytes, hashes and constants, whoever made it."""

import marshal


def add(a):
    return a + 1


def rest(a):
    return a + 1


code = add.__code__
print(code.co_code is code.co_code, type(code.co_code), len(code.co_code) % 2)
copy = code.replace()
print(copy is code, copy == code, hash(copy) == hash(code), copy.co_code == code.co_code)
loaded = marshal.loads(marshal.dumps(code))
print(loaded == code, hash(loaded) == hash(code), loaded.co_code == code.co_code, loaded.co_consts == code.co_consts)
print(rest.__code__ == code, rest.__code__.co_code == code.co_code)
made = [eval(f"lambda: {n}", {}) for n in (1, 1, 2, None, True, 1.0, 257, -5)]
print([f() for f in made], [type(f()).__name__ for f in made])
changed = code.replace(co_consts=(1, 2), co_name="changed")
print(changed.co_consts, changed.co_name, code.co_name, changed == code)
print(marshal.dumps(code) == marshal.dumps(code))
other = code.replace(co_code=rest.__code__.co_code)
print(other == code)
