# timeout: 40
import multiprocessing as mp
import os


def square(x):
    return x * x


def fail(x):
    raise ValueError(f"bad {x}")


def queue_worker(q, r):
    for item in iter(q.get, None):
        r.put(item * 2)


def pipe_worker(c):
    while (m := c.recv()) != "stop":
        c.send(m[::-1])
    c.close()


def shared_worker(n, a, lock):
    for _ in range(500):
        with lock:
            n.value += 1
    a[0] = 5.5


def exit_worker():
    os._exit(3)


def main():
    for method in ("fork", "spawn", "forkserver"):
        ctx = mp.get_context(method)
        with ctx.Pool(2) as pool:
            print(
                method,
                pool.map(square, range(6)),
                pool.starmap(pow, [(2, 3), (3, 2)]),
                sorted(pool.imap_unordered(square, [1, 2, 3])),
                pool.apply(square, (7,)),
                pool.apply_async(square, (8,)).get(),
            )
            try:
                pool.map(fail, [1])
            except ValueError as e:
                print(e, type(e.__cause__).__name__)
        q, r = ctx.Queue(), ctx.Queue()
        p = ctx.Process(target=queue_worker, args=(q, r), name="qw")
        p.start()
        for i in (1, 2, None):
            q.put(i)
        print([r.get(), r.get()], p.name, p.is_alive() in (True, False))
        p.join()
        print(p.exitcode, p.pid is not None)
        a, b = ctx.Pipe()
        p = ctx.Process(target=pipe_worker, args=(b,))
        p.start()
        a.send("abc")
        print(a.recv(), a.poll(0))
        a.send("stop")
        p.join()
        n, arr, lock = ctx.Value("i", 0), ctx.Array("d", [1.0, 2.0]), ctx.Lock()
        ps = [ctx.Process(target=shared_worker, args=(n, arr, lock)) for _ in range(2)]
        [p.start() for p in ps]
        [p.join() for p in ps]
        print(n.value, arr[:])
        p = ctx.Process(target=exit_worker)
        p.start()
        p.join()
        print(p.exitcode)
    with mp.Manager() as m:
        d, l = m.dict(), m.list([1])
        d["k"] = 1
        l.append(2)
        print(dict(d), list(l))
    from multiprocessing import shared_memory

    s = shared_memory.SharedMemory(create=True, size=10)
    s.buf[:3] = b"abc"
    t = shared_memory.SharedMemory(name=s.name)
    print(bytes(t.buf[:3]))
    t.close()
    s.close()
    s.unlink()
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(2) as ex:
        print(list(ex.map(square, range(4))), ex.submit(pow, 2, 5).result(), repr(ex.submit(fail, 2).exception()))
    print(mp.current_process().name, mp.parent_process(), mp.active_children())


if __name__ == "__main__":
    main()
