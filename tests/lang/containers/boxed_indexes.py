# Indexes that come from calls, and methods called through their class.
from math import floor


class Index:
    def __init__(self, n):
        self.n = n

    def __index__(self):
        return self.n


items, row, text = [10, 20, 30], (1, 2, 3), "abc"
for _ in range(6):
    for i in (floor(1.5), ord("\x00"), len(items) - 1, -1, True, Index(2), int("1"), -3):
        print(items[i], row[i], text[i], end=" ")
        items[i] = items[i] + 1
    print()
for sequence in (items, row, text):
    for i in (3, -4, floor(2.0**40), 2**70, 1.0, None, "0"):
        try:
            print(sequence[i])
        except (IndexError, TypeError) as error:
            print(type(error).__name__, error)
for _ in range(6):
    d = dict.copy({"a": 1})
    print(d, str.upper("abc"), list.index([1, 2, 3], 2), dict.get({1: 2}, 1), int.bit_length(5), str.split("a b"), end=" ")
print()
for call in (lambda: dict.copy([]), lambda: str.upper(5), lambda: list.append([]), lambda: dict.get({}, [])):
    for _ in range(4):
        try:
            call()
        except TypeError as error:
            text = str(error)
    print(text)


class Sub(dict):
    def copy(self):
        return "Sub.copy"


for cls, value in ((dict, {}), (Sub, Sub()), (dict, Sub(a=1)), (set, {1})) * 3:
    print(cls.copy(value), end=" ")
print()
