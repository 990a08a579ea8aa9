import threading
import time


def cpu_intensive(n):
    count = 0
    for i in range(n):
        count += i**2
    return count


def io_intensive(delays, log):
    for d in delays:
        time.sleep(d)
        log.append(d)
    return len(log)


results = {}


def record(name, f, *args):
    results[name] = f(*args)


logs = [[], []]
threads = [threading.Thread(target=record, args=(f"cpu{i}", cpu_intensive, 50_000 + i)) for i in range(3)]
threads += [threading.Thread(target=record, args=(f"io{i}", io_intensive, [0.001] * 5, logs[i])) for i in range(2)]
for t in threads:
    t.start()
for t in threads:
    t.join()
for name in sorted(results):
    print(name, results[name])
print(logs, cpu_intensive(50_000) == results["cpu0"])
