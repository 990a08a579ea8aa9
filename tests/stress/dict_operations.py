"""Dicts that four threads change and read."""

from support import THREADS, main, race


class Key:
    """A key with its own hash and equality, so that look-ups run Python code."""

    def __init__(self, number):
        self.number = number

    def __hash__(self):
        return self.number % 13

    def __eq__(self, other):
        return isinstance(other, Key) and self.number == other.number


def check_own_keys_stay(operations):
    shared = {}

    def store(k):
        for i in range(operations):
            shared[k, i % 500] = i
        for i in range(max(0, operations - 500), operations):
            assert shared[k, i % 500] == i

    race(store)
    assert len(shared) == THREADS * min(500, operations)


def check_setdefault_has_one_winner(operations):
    shared = {}
    winners = race(lambda k: [shared.setdefault(i, (k, i)) for i in range(operations)])
    for i in range(operations):
        assert len({result[i] for result in winners}) == 1 and shared[i] == winners[0][i]


def check_pop_gives_each_item_once(operations):
    shared = {i: str(i) for i in range(THREADS * operations)}

    def drain(_):
        taken = []
        while True:
            try:
                taken.append(shared.popitem())
            except KeyError:
                return taken

    taken = sum(race(drain), [])
    assert sorted(taken) == [(i, str(i)) for i in range(THREADS * operations)]


def check_readers_see_only_stored_values(operations):
    shared = {f"k{i}": ("k%d" % i, 0) for i in range(30)}

    def write(k):
        for i in range(operations):
            name = f"k{i % 30}"
            shared[name] = (name, i)
            if i % 7 == 0:
                shared.pop(f"k{i % 11}", None)
            if i % 101 == 0:
                shared.clear()

    def read(k):
        for i in range(operations):
            name = f"k{i % 30}"
            found = shared.get(name)
            assert found is None or found[0] == name
            if i % 31 == 0:
                for key, value in shared.copy().items():
                    assert key == value[0]
                try:
                    for key, value in shared.items():
                        assert key == value[0]
                    for key in shared:
                        key in shared
                    list(shared.values()), len(shared), list(shared.items())
                except RuntimeError as error:
                    assert "changed" in str(error)

    race(write, read)


def check_keys_with_python_equality(operations):
    shared = {}

    def work(k):
        for i in range(operations // 10):
            key = Key(i % 40 + 100 * k)
            shared[key] = i
            assert shared[key] == i
            if i % 3 == 0:
                assert shared.pop(key) == i

    race(work)
    assert len({key.number for key in shared}) == len(shared)


def check_updates_and_unions(operations):
    shared = {}
    fixed = {i: i for i in range(20)}

    def update(k):
        for i in range(operations // 10):
            shared.update(fixed)
            shared.update({-1 - k: i}, extra=i)
            {**shared}
            shared | fixed
            dict(shared)
            shared == fixed

    race(update)
    assert len(shared) == 20 + THREADS + 1


def check_instance_attributes(operations):
    class Plain:
        pass

    class Slotted:
        __slots__ = ("x", "y")

    plain, slotted = Plain(), Slotted()
    slotted.x = slotted.y = ("y", -1)

    def write(k):
        for i in range(operations):
            setattr(plain, f"a{k}", (k, i))
            assert getattr(plain, f"a{k}") == (k, i)
            slotted.x = ("x", i)
            if i % 50 == 0:
                vars(plain)[f"b{k}_{i % 40}"] = (k, i)
                if i % 200 == 0:
                    plain.__dict__ = dict(plain.__dict__)
                    setattr(plain, f"a{k}", (k, i))
            if i % 3 == 0:
                slotted.y = ("y", i)

    def read(k):
        for i in range(operations):
            for other in (0, 2):
                found = getattr(plain, f"a{other}", None)
                assert found is None or found[0] == other
            assert slotted.x[0] in "xy" and slotted.y[0] == "y"

    def tolerant(k):
        try:
            write(k)
        except AssertionError, AttributeError:
            pass  # another thread has put its dict in the place of ours

    race(tolerant, read)


if __name__ == "__main__":
    main(globals())
