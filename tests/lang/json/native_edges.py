"""Odd corners of json: positions of errors, key sharing, markers, changes during encoding, notes."""
import json
import _json


def show(function, *args, **kwargs):
    try:
        print(ascii(function(*args, **kwargs)))
    except RecursionError:
        print("RecursionError")
    except Exception as error:
        print(type(error).__name__, error, getattr(error, "__notes__", ""))


for text in ['', '[', '[1', '[1,', '[1, ]', '{', '{"a"', '{"a":', '{"a":1', '{"a":1,', '{"a":1, }', '"\\u12', '"\\u1234', '"\\ud834\\u',
             '"\\x"', '"a\nb"', '01', '-', '-0', '1.', '1e5', '1e', '1.5e-3', '1e400', '-Infinity', 'NaN', 'nul', '"abc', '[1] 2',
             '123456789012345678901234567890', '0.1', '1.7976931348623157e308', '5e-324', '123456789.123456789123456789', '-0.0',
             '"\\ud834\\udd20"', '"\\ud834\\u0020"', '\u00e9', '"\u00e9\\n\u20ac"', '{"\u20ac": "\U0001f600\\t"}']:
    show(json.loads, text)

rows = json.loads('[{"alpha": 1, "b": 2}, {"alpha": 3, "b": 4}]')
print([a is b for a, b in zip(rows[0], rows[1])])
show(json.loads, '{"a": [1, {"b": 2}]}', object_pairs_hook=list)
show(json.loads, '[1, 2.5, NaN]', parse_int=str, parse_float=repr, parse_constant=len)

for value in ['\x00\x1f\x7f\x80\xe9"\\/\n\r\t\b\f', '\ud834\U0001f600', 'x' * 40 + '"' + 'y' * 40, '\u20ac' * 3 + '"']:
    show(json.dumps, value)
    show(json.dumps, [value], ensure_ascii=False)
show(json.dumps, {1: 2, 1.5: None, True: False, None: [], "x": {}}, indent=2)
show(json.dumps, [[], [1, {"a": ()}]], indent="\t", separators=("\u20ac", "="))
show(json.dumps, {"b": 1, "a": [1, 2]}, sort_keys=True)
show(json.dumps, {(1,): 2, "a": 1}, skipkeys=True)
show(json.dumps, {(1,): 2})
show(json.dumps, [float("nan"), {"x": 1}], allow_nan=False)
show(json.dumps, {"a": [1, object]})
loop = []
loop.append({"k": loop})
show(json.dumps, loop)
deep = [loop]
for _ in range(50):
    deep = [deep]
show(lambda: json.dumps(deep).count("["))
tower = []
for _ in range(100):
    tower = [tower, tower]
    if len(json.dumps(tower)) > 5000:
        break
print(len(json.dumps(tower)))
nested = []
for _ in range(200000):
    nested = [nested]
show(json.dumps, nested)
show(json.loads, '[' * 200000)
show(json.loads, '{"a":' * 200000)

shrinking = [object() for _ in range(5)]
show(json.dumps, shrinking, default=lambda o: shrinking.clear())
growing = {"a": object()}


def grow(o):
    if len(growing) < 5:
        growing[str(len(growing))] = o
    return 1


show(lambda: json.loads(json.dumps(growing, default=grow))["a"])
show(_json.make_encoder, 1, None, None, None, ":", ",", False, False, False)
show(_json.make_encoder, None, None, None, None, 1, ",", False, False, False)
show(_json.make_encoder(None, None, lambda s: 3, None, ":", ",", False, False, False), "a", 0)
show(_json.make_encoder(None, None, lambda s: "<" + s + ">", None, ":", ",", False, False, False), {"a": 1.5}, 0)
show(_json.make_encoder(None, None, _json.encode_basestring, "--", ":", ",", False, False, False), {"a": [1]}, 3)
show(_json.scanstring, "abc", 4)
show(_json.scanstring, b"abc", 0)
show(_json.make_scanner(json.JSONDecoder()), "1", -1)
show(_json.make_scanner(json.JSONDecoder()), "1 ", 1)
