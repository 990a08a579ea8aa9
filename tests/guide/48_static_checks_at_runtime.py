from typing import List, get_args, get_origin, get_type_hints


def process_numbers(data: List[int]) -> int:
    return sum(data)


print(process_numbers([1, 2, 3]))
for bad in ([1, 2, "3"], 5, None, ["a"]):
    try:
        print(process_numbers(bad))
    except TypeError as e:
        print(repr(bad), "->", e)


def conforms(value, hint):
    origin = get_origin(hint)
    if origin is None:
        return isinstance(value, hint)
    if origin is list:
        return isinstance(value, list) and all(conforms(v, get_args(hint)[0]) for v in value)
    if origin is dict:
        k, v = get_args(hint)
        return isinstance(value, dict) and all(conforms(a, k) and conforms(b, v) for a, b in value.items())
    if origin is tuple:
        return (
            isinstance(value, tuple) and len(value) == len(get_args(hint)) and all(map(conforms, value, get_args(hint)))
        )
    return any(conforms(value, a) for a in get_args(hint))


hint = get_type_hints(process_numbers)["data"]
print(
    conforms([1, 2], hint),
    conforms([1, "2"], hint),
    conforms({"a": [1]}, dict[str, list[int]]),
    conforms((1, "x"), tuple[int, str]),
    conforms(None, int | None),
    conforms("s", int | None),
)
