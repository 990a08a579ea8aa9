import threading

data = {i: i for i in range(100)}
lst = list(range(100))
stop = threading.Event()
errors = []


def reader():
    while not stop.is_set():
        try:
            for i in range(100):
                v = data.get(i)
                if v is not None and v % 100 != i:
                    errors.append((i, v))
            s = sum(list(lst))
            lst[-1]
            len(lst)
            50 in lst
            data.copy()
            tuple(data)
        except RuntimeError, IndexError:
            pass


def writer():
    for r in range(200):
        for i in range(100):
            data[i] = i + 100 * r
        lst.append(r)
        lst[0] = r
        if len(lst) > 150:
            del lst[100:]
        lst.sort()
        lst.reverse()


rs = [threading.Thread(target=reader) for _ in range(2)]
ws = [threading.Thread(target=writer) for _ in range(2)]
for t in rs + ws:
    t.start()
for t in ws:
    t.join()
stop.set()
for t in rs:
    t.join()
print(errors, len(data), len(lst) >= 100)
