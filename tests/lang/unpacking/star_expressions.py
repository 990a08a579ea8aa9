a, b = [1, 2], {"x": 1}
print([*a, *range(2), *"hi"], (*a,), {*a, *a}, {**b, "y": 2, **{"x": 9}}, *a, [*()], {**{}}, *[], sep=",")


def f(*args, **kwargs):
    return args, kwargs


print(f(*a, *a, **b, **{"z": 3}), f(*"ab", 1, *a, k=1, **b), f(*(i for i in range(3))), f(1, *a, 2, *a))
for bad in (
    "[*1]",
    "{**1}",
    "f(*1)",
    "f(**1)",
    "f(**{1: 2})",
    "f(**b, **b)",
    "f(x=1, **b)",
    "{*1}",
    "(*None,)",
    "f(*a, **[('x', 1)])",
    "print(*a, **{'end': 1})",
    "{**[1]}",
    "f(1, *2)",
    "O.g(*3)",
):
    try:
        print(eval(bad))
    except Exception as e:
        print(bad, type(e).__name__, e)


def gen():
    yield 1
    raise ValueError("inside")


try:
    f(*gen())
except ValueError as e:
    print(e)


def ret():
    return *a, 3


print(ret(), [x for x in (*a, 5)])
for v in *a, 7:
    print(v, end=" ")
print("", {k: v for k, v in {**b}.items()})
