import multiprocessing
from multiprocessing import Pool


def process_item(x):
    return x**2


def fails_on_three(x):
    if x == 3:
        raise ValueError(f"cannot process {x}")
    return x


if __name__ == "__main__":
    data = range(20)
    with Pool(processes=3) as pool:
        print(pool.map(process_item, data))
        for r in pool.imap(process_item, range(5), chunksize=2):
            print(r, end=" ")
        print()
        print(sorted(pool.imap_unordered(process_item, data)))
        print(pool.starmap(pow, [(2, 3), (3, 4), (4, 5)]))
        results = [pool.apply_async(process_item, (i,)) for i in range(4)]
        print([r.get(timeout=10) for r in results], all(r.successful() for r in results))
        called = []
        pool.map_async(process_item, [1, 2], callback=called.append).wait()
        try:
            pool.map(fails_on_three, range(6))
        except ValueError as e:
            print(type(e).__name__, e)
        errors = []
        r = pool.apply_async(fails_on_three, (3,), error_callback=lambda e: errors.append(str(e)))
        r.wait()
        print(r.successful(), called)
        try:
            pool.apply_async(process_item, (1,)).get(timeout=10)
            pool.close()
            pool.apply(process_item, (1,))
        except ValueError as e:
            print(e)
        pool.join()
    print(multiprocessing.active_children())
