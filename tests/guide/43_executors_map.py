from concurrent.futures import InterpreterPoolExecutor, ProcessPoolExecutor, ThreadPoolExecutor


def task(n):
    return n**2


def cpu_task(n):
    return sum(i**2 for i in range(n))


if __name__ == "__main__":
    with ThreadPoolExecutor(max_workers=4) as executor:
        print(list(executor.map(task, range(10))), list(executor.map(pow, [2, 3, 4], [3, 2, 1])))
        future = executor.submit(cpu_task, 1000)
        print(future.result(), future.done())
        it = executor.map(lambda x: 10 // x, [5, 0, 2])
        print(next(it))
        try:
            next(it)
        except ZeroDivisionError as e:
            print(e)
    with ProcessPoolExecutor(max_workers=2) as executor:
        print(list(executor.map(cpu_task, [10_000] * 4)), list(executor.map(task, range(20), chunksize=6)))
        try:
            executor.submit(int, "x").result()
        except ValueError as e:
            print(e)
    executor = ThreadPoolExecutor(1)
    executor.shutdown(wait=True, cancel_futures=True)
    try:
        executor.submit(task, 1)
    except RuntimeError as e:
        print(e)
    print(InterpreterPoolExecutor.__mro__[1].__name__)
