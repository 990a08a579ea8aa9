# A bytearray (or a list being joined) that the arguments' own hooks change during the call.


class Clears:
    def __init__(self, array):
        self.array = array

    def __buffer__(self, flags):
        self.array.clear()
        return memoryview(b"A")

    def __index__(self):
        self.array.clear()
        return ord("A")


def show(name, function):
    try:
        print(name, function())
    except Exception as e:
        print(name, type(e).__name__, e)


for name in ("find", "rfind", "index", "rindex", "count", "__contains__", "split", "rsplit", "startswith"):
    array = bytearray(b"A" * 40)
    show(name, lambda: getattr(array, name)(Clears(array)))
    print(len(array))


class Changes:
    def __init__(self, change):
        self.change = change

    def __buffer__(self, flags):
        self.change()
        return memoryview(b"ABCDEFGH")


array = bytearray(b"x" * 100)
array.extend(Changes(array.clear))
print(array)
array = bytearray(b"x" * 100)
array.extend(Changes(lambda: array.__delitem__(slice(30, None))))
print(array)
array = bytearray(b"x" * 10)
array += Changes(lambda: array.extend(b"y" * 20))
print(array)
array = bytearray(b"x" * 100)
array[50:60] = Changes(array.clear)
print(array)

for separator in (b"", b"::", bytearray(b"-")):
    for change in ("clear", "append", "replace"):
        items = [b"a", None, b"c"]

        def act():
            if change == "clear":
                items.clear()
            elif change == "append":
                items.append(b"d")
            else:
                items[1] = b"z"

        items[1] = Changes(act)
        show(change, lambda: separator.join(items))
