import ctypes
from multiprocessing import Array, Lock, Manager, Process, RawValue, Value


def worker_shared(value, array):
    value.value += 1
    for i in range(len(array)):
        array[i] *= 2


def add_many(value, n):
    for _ in range(n):
        with value.get_lock():
            value.value += 1


def fill(d, items, k):
    d[k] = k * k
    items.append(k)


if __name__ == "__main__":
    num = Value("i", 0)
    arr = Array("i", [1, 2, 3, 4, 5])
    for _ in range(3):
        p = Process(target=worker_shared, args=(num, arr))
        p.start()
        p.join()
    print(num.value, list(arr), arr[1:3], len(arr))
    total = Value(ctypes.c_longlong, 10**12)
    ps = [Process(target=add_many, args=(total, 500)) for _ in range(4)]
    for p in ps:
        p.start()
    for p in ps:
        p.join()
    print(total.value)
    d, raw = Array("d", 3), RawValue("d", 1.5)
    d[0] = 2.5
    print(d[:], raw.value, Array("c", b"bytes").value)
    with Manager() as m:
        table, items = m.dict(), m.list()
        ps = [Process(target=fill, args=(table, items, k)) for k in range(3)]
        for p in ps:
            p.start()
        for p in ps:
            p.join()
        print(sorted(table.items()), sorted(items))
