import multiprocessing


def cpu_bound_task(n):
    result = 0
    for i in range(n):
        result += i**2
    return result


def initialise(value):
    global shared
    shared = value


def with_initial(n):
    return shared + n


if __name__ == "__main__":
    sizes = [20_000, 10_000, 15_000, 5_000]
    sequential = [cpu_bound_task(n) for n in sizes]
    with multiprocessing.Pool(processes=4) as pool:
        parallel = pool.map(cpu_bound_task, sizes)
        print(parallel == sequential, parallel)
        print(pool.map(cpu_bound_task, range(0, 50, 7), chunksize=3))
    with multiprocessing.Pool(2, initialise, (100,)) as pool:
        print(pool.map(with_initial, range(5)))
    ctx = multiprocessing.get_context("spawn")
    with ctx.Pool(2) as pool:
        print(pool.map(cpu_bound_task, [10, 20]))
