"""OrderedDict.move_to_end to the front again and again, with the order, equal keys and iterators that it must respect."""

from collections import OrderedDict

for keys in (range(200), map(str, range(200)), map(float, range(200))):
    keys = list(keys)
    ordered = OrderedDict.fromkeys(keys)
    expected = list(keys)
    for step in range(1000):
        key = keys[step * 37 % len(keys)]
        last = step % 3 == 0
        ordered.move_to_end(key, last=last)
        expected.remove(key)
        expected.insert(len(expected) if last else 0, key)
        if step % 50 == 0:
            assert ordered.popitem(last=step % 100 == 0)[0] == expected.pop(-1 if step % 100 == 0 else 0)
            gone = (set(keys) - set(expected)).pop()
            ordered[gone] = step
            expected.append(gone)
    assert list(ordered) == expected and list(reversed(ordered)) == expected[::-1]
    assert all(key in ordered for key in keys) and len(ordered) == len(expected)
    print(list(ordered)[:5], list(ordered.copy())[-3:], len(dict(ordered)))

ordered = OrderedDict.fromkeys("abc")
iterator = iter(ordered)
print(next(iterator))
ordered.move_to_end("a", last=False)
print(next(iterator))
ordered.move_to_end("c", last=False)
try:
    print(next(iterator))
except RuntimeError as error:
    print(error)
print(ordered, ordered.popitem(last=False), "".join(ordered))
try:
    ordered.move_to_end("z", last=False)
except KeyError as error:
    print("KeyError", error)


class Late:
    """Changes the dict while it is compared."""

    def __init__(self, number):
        self.number = number

    def __hash__(self):
        return 1

    def __eq__(self, other):
        if busy:
            busy.pop()
            ordered.pop("extra", None)
            ordered.move_to_end(lates[2], last=False)
        return self.number == other.number


busy = []
lates = [Late(i) for i in range(4)]
ordered = OrderedDict.fromkeys([*lates, "extra"])
busy.append(1)
ordered.move_to_end(Late(3), last=False)
print([key.number for key in ordered])
