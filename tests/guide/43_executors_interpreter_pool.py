from concurrent.futures import InterpreterPoolExecutor

if __name__ == "__main__":
    with InterpreterPoolExecutor(max_workers=2) as executor:
        print(list(executor.map(pow, [2, 3], [10, 4])), executor.submit(sum, range(100)).result())
        try:
            executor.submit(int, "x").result()
        except Exception as e:
            print(type(e).__name__, e)
