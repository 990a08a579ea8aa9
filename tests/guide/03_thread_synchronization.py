import threading

counter = 0
lock = threading.Lock()


def increment_safe(n):
    global counter
    for _ in range(n):
        with lock:
            counter += 1


threads = [threading.Thread(target=increment_safe, args=(25_000,)) for _ in range(4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print("Lock:", counter)

rlock = threading.RLock()
depths = []


def nested(n):
    with rlock:
        if n:
            nested(n - 1)
        else:
            depths.append(threading.get_ident())


threads = [threading.Thread(target=nested, args=(50,)) for _ in range(3)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print("RLock:", len(depths))

pool = threading.Semaphore(2)
inside, most, guard = 0, 0, threading.Lock()


def use_connection():
    global inside, most
    for _ in range(200):
        with pool:
            with guard:
                inside += 1
                most = max(most, inside)
            with guard:
                inside -= 1


threads = [threading.Thread(target=use_connection) for _ in range(5)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print("Semaphore:", inside, most <= 2)

barrier = threading.Barrier(4)
phases = []


def phased(name):
    for phase in range(3):
        phases.append((phase, name))
        barrier.wait()


threads = [threading.Thread(target=phased, args=(n,)) for n in "abcd"]
for t in threads:
    t.start()
for t in threads:
    t.join()
print("Barrier:", [sorted(n for p, n in phases[k * 4 : k * 4 + 4]) for k in range(3)], [p for p, _ in phases])

condition = threading.Condition()
table, eaten = [], []


def eat():
    for _ in range(10):
        with condition:
            condition.wait_for(lambda: table)
            eaten.append(table.pop(0))
            condition.notify_all()


def cook():
    for i in range(20):
        with condition:
            condition.wait_for(lambda: len(table) < 3)
            table.append(i)
            condition.notify_all()


threads = [threading.Thread(target=eat), threading.Thread(target=eat), threading.Thread(target=cook)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print("Condition:", eaten)
