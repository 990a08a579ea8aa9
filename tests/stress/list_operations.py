"""Lists that four threads change and read."""

from support import THREADS, main, race


def check_append_loses_nothing(operations):
    shared = []
    race(lambda k: [shared.append((k, i)) for i in range(operations)])
    assert len(shared) == THREADS * operations
    for k in range(THREADS):
        mine = [i for thread, i in shared if thread == k]
        assert mine == list(range(operations))


def check_pop_gives_each_item_once(operations):
    shared = list(range(THREADS * operations))

    def drain(_):
        taken = []
        while True:
            try:
                taken.append(shared.pop())
            except IndexError:
                return taken

    taken = sum(race(drain), [])
    assert sorted(taken) == list(range(THREADS * operations)), len(taken)


def check_readers_see_only_stored_values(operations):
    shared = [f"value {i}" for i in range(50)]
    good = {f"value {i}" for i in range(100)}

    def write(k):
        for i in range(operations):
            shared[i % 50] = f"value {i % 100}"
            if i % 97 == 0:
                shared[10:20] = [f"value {j}" for j in range(10)]

    def read(k):
        for i in range(operations):
            try:
                assert shared[i % 50] in good
            except IndexError:
                pass
            if i % 31 == 0:
                assert good.issuperset(shared)
                assert good.issuperset(shared.copy())
                assert good.issuperset(shared[5:40])

    race(write, read)


def check_growth_and_shrinking(operations):
    shared = []

    def churn(k):
        for i in range(operations // 10):
            shared.extend([k] * 7)
            shared.insert(len(shared) // 2, k)
            del shared[:3]
            shared.pop()
            if i % 50 == 0:
                shared.clear()
            shared.__iadd__((k, k))
            shared.reverse()

    def read(k):
        for i in range(operations // 10):
            for value in shared:
                assert value in (0, 1, 2, 3)
            sum(shared)
            shared.count(2)
            try:
                shared.index(1)
            except ValueError:
                pass
            assert all(value in (0, 1, 2, 3) for value in reversed(shared))
            tuple(shared), set(shared), [*shared]

    def tolerant(k):
        for _ in range(3):
            try:
                churn(k)
            except IndexError:
                pass

    race(tolerant, read)


def check_sort_while_reading(operations):
    shared = list(range(100))

    def sort(k):
        for i in range(operations // 20):
            try:
                shared.sort(reverse=bool(i % 2))
                shared.sort(key=lambda v: -v)
            except ValueError as error:
                assert "modified" in str(error)

    def read(k):
        for i in range(operations // 20):
            assert set(range(100)).issuperset(shared)
            shared == [1, 2, 3]

    race(sort, read)
    assert sorted(shared) == list(range(100))


def check_swapped_slices(operations):
    shared = [0] * 64

    def swap(k):
        for i in range(operations // 5):
            shared[k * 16 : k * 16 + 16] = [i] * 16
            assert shared[k * 16 : k * 16 + 16] == [i] * 16

    race(swap)
    assert len(shared) == 64


if __name__ == "__main__":
    main(globals())
