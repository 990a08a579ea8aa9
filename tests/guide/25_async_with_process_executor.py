import asyncio
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor


def cpu_intensive(x):
    return sum(i * i for i in range(x))


async def main():
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(max_workers=2) as executor:
        tasks = [loop.run_in_executor(executor, cpu_intensive, n) for n in (10_000, 20_000, 5)]
        print(await asyncio.gather(*tasks))
        try:
            await loop.run_in_executor(executor, cpu_intensive, "x")
        except TypeError as e:
            print(e)
    with ThreadPoolExecutor(2) as executor:
        print(await asyncio.gather(*(loop.run_in_executor(executor, cpu_intensive, n) for n in range(5))))
    print(await asyncio.to_thread(cpu_intensive, 100), await loop.run_in_executor(None, len, "default"))


if __name__ == "__main__":
    asyncio.run(main())
