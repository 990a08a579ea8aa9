from multiprocessing import JoinableQueue, Process, Queue, SimpleQueue


def worker_queue(queue, items):
    for item in items:
        queue.put({"item": item, "square": item * item})
    queue.put(None)


def echo(inbox, outbox):
    for message in iter(inbox.get, "stop"):
        outbox.put(message[::-1])


def joinable(q, results):
    while True:
        n = q.get()
        results.put(n + 1)
        q.task_done()


if __name__ == "__main__":
    q = Queue()
    p = Process(target=worker_queue, args=(q, range(5)))
    p.start()
    print(list(iter(q.get, None)))
    p.join()
    print(p.exitcode)
    a, b = Queue(), Queue()
    p = Process(target=echo, args=(a, b))
    p.start()
    for text in ("abc", "héllo", "x" * 5000, "stop"):
        a.put(text)
    print(b.get(), b.get(), len(b.get()))
    p.join()
    jq, out = JoinableQueue(), SimpleQueue()
    d = Process(target=joinable, args=(jq, out), daemon=True)
    d.start()
    for n in range(4):
        jq.put(n)
    jq.join()
    print(sorted(out.get() for _ in range(4)))
    d.terminate()
    d.join()
    print(d.exitcode)
