import threading

order = []
turn = [threading.Event() for _ in range(5)]


def worker(name, index):
    order.append(f"{name} starting")
    turn[index].wait()
    order.append(f"{name} finished")
    if index:
        turn[index - 1].set()


threads = [threading.Thread(target=worker, args=(f"Thread-{i}", i), name=f"named-{i}") for i in range(5)]
for t in threads:
    t.start()
turn[4].set()
for t in threads:
    t.join(timeout=10)
    assert not t.is_alive()
print([line for line in order if "finished" in line])
print(sorted(line for line in order if "starting" in line))
print([t.name for t in threads], threading.active_count())


class Accumulator(threading.Thread):
    def __init__(self, numbers):
        super().__init__()
        self.numbers = numbers
        self.total = 0

    def run(self):
        for n in self.numbers:
            self.total += n


parts = [Accumulator(range(i * 1000, (i + 1) * 1000)) for i in range(8)]
for p in parts:
    p.start()
for p in parts:
    p.join()
print(sum(p.total for p in parts), [p.total for p in parts][:3])
print("All threads completed")
