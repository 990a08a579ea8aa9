"""Sets that four threads change and read."""

from support import THREADS, main, race


def check_add_loses_nothing(operations):
    shared = set()
    race(lambda k: [shared.add(k * operations + i) for i in range(operations)])
    assert shared == set(range(THREADS * operations))


def check_pop_gives_each_item_once(operations):
    shared = set(range(THREADS * operations))

    def drain(_):
        taken = []
        while True:
            try:
                taken.append(shared.pop())
            except KeyError:
                return taken

    assert sorted(sum(race(drain), [])) == list(range(THREADS * operations))


def check_remove_succeeds_once(operations):
    shared = set(range(operations))

    def remove(_):
        done = 0
        for i in range(operations):
            try:
                shared.remove(i)
                done += 1
            except KeyError:
                pass
        return done

    assert sum(race(remove)) == operations and not shared


def check_algebra_while_changing(operations):
    shared = set("abcdefgh")
    letters = set("abcdefghijklmnop")

    def write(k):
        for i in range(operations // 10):
            shared.add("abcdefghijklmnop"[i % 16])
            shared.discard("abcdefghijklmnop"[(i * 7) % 16])
            shared.update("xyz"[:0], ["a", "b"])
            shared.symmetric_difference_update({"c"})
            shared.intersection_update(letters)
            if i % 40 == 0:
                shared.clear()

    def read(k):
        for i in range(operations // 10):
            assert shared <= letters and letters >= shared
            assert shared | letters == letters
            assert (shared & letters) <= letters
            assert (shared - letters) == set()
            frozenset(shared), len(shared), "a" in shared
            try:
                for letter in shared:
                    assert letter in letters
            except RuntimeError as error:
                assert "changed" in str(error)

    race(write, read)


if __name__ == "__main__":
    main(globals())
