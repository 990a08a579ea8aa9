# A container's operation calls back into Python, and the callback starts the program's first thread, which works on the
# same container while the operation goes on.
import threading


class Key:
    def __init__(self, n, starter=None):
        self.n, self.starter = n, starter

    def __hash__(self):
        return self.n % 7

    def __eq__(self, other):
        if self.starter:
            start, self.starter = self.starter, None
            start()
        return isinstance(other, Key) and self.n == other.n


def run(container, work, operation):
    threads = []

    def start():
        t = threading.Thread(target=work, args=(container,))
        threads.append(t)
        t.start()

    operation(container, start)
    for t in threads:
        t.join()
    return len(threads)


def fill_dict(d):
    for i in range(100, 400):
        d[Key(i)] = i


def store(d, start):
    for i in range(7):
        d[Key(i)] = i
    d[Key(14, start)] = 14
    for i in range(500, 700):
        d[Key(i)] = i


d = {}
print(run(d, fill_dict, store), len(d), sorted(k.n for k in d) == sorted(d.values()))


def fill_set(s):
    for i in range(100, 400):
        s.add(Key(i))


def add(s, start):
    for i in range(7):
        s.add(Key(i))
    s.add(Key(14, start))
    for i in range(500, 700):
        s.add(Key(i))


s = set()
print(run(s, fill_set, add), len(s), len({k.n for k in s}))


def append(lst):
    for i in range(300):
        lst.append(Key(1000 + i))


def search(lst, start):
    lst.extend(Key(i) for i in range(50))
    probe = Key(-1, start)
    print(lst.count(probe))
    for i in range(300):
        lst.append(Key(2000 + i))


lst = []
print(run(lst, append, search), len(lst), len({k.n for k in lst}))
