"""A short tour of Python on Taipan: run it with ./x run."""

import asyncio
import dis
import inspect
import sys
import threading
import time
from dataclasses import dataclass, field
from string.templatelib import Interpolation, Template


def heading(text: str) -> None:
    print(f"\n\033[1m{text}\033[0m" if sys.stdout.isatty() else f"\n{text}")


def count_primes(start: int, stop: int) -> int:
    found = 0
    for n in range(max(start, 2), stop):
        for d in range(2, int(n**0.5) + 1):
            if n % d == 0:
                break
        else:
            found += 1
    return found


def threads(limit: int = 300_000) -> None:
    heading("Threads run Python at the same time")
    parts = [(0, limit * 64 // 100), (limit * 64 // 100, limit)]
    results = [0, 0]

    def work(index: int) -> None:
        results[index] = count_primes(*parts[index])

    started = time.perf_counter()
    total = sum(count_primes(*part) for part in parts)
    alone = time.perf_counter() - started
    workers = [threading.Thread(target=work, args=(i,)) for i in range(2)]
    started = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    together = time.perf_counter() - started
    assert sum(results) == total
    print(
        f"  {total} primes below {limit}: {alone:.2f} s in one thread, {together:.2f} s in two ({alone / together:.1f} times as fast)"
    )


async def ping(name: str, delay: float) -> str:
    await asyncio.sleep(delay)
    return f"{name} after {delay * 1000:.0f} ms"


async def ticks(n: int):
    for i in range(n):
        await asyncio.sleep(0.005)
        yield i


async def concurrency() -> None:
    heading("Tasks share one thread")
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(ping(n, d)) for n, d in (("tea", 0.03), ("toast", 0.02), ("egg", 0.01))]
    print("  " + ", ".join(task.result() for task in tasks))
    print("  squares of the ticks:", [i * i async for i in ticks(6)])


def fibonacci():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b


def generators() -> None:
    heading("Generators are lazy, integers have no limit")
    even = (n for n in fibonacci() if n % 2 == 0)
    print("  even Fibonacci numbers:", [next(even) for _ in range(8)])
    stream = fibonacci()
    for _ in range(300):
        next(stream)
    print("  the three hundredth:", next(stream))


@dataclass(frozen=True, slots=True)
class Num:
    value: float


@dataclass(frozen=True, slots=True)
class Op:
    sign: str
    left: "Num | Op"
    right: "Num | Op"


def simplify(e: Num | Op) -> Num | Op:
    match e:
        case Op("*", Num(0), _) | Op("*", _, Num(0)):
            return Num(0)
        case Op("*", Num(1), x) | Op("*", x, Num(1)) | Op("+", Num(0), x) | Op("+", x, Num(0)):
            return simplify(x)
        case Op("+", Num(a), Num(b)):
            return Num(a + b)
        case Op(sign, left, right):
            smaller = Op(sign, simplify(left), simplify(right))
            return smaller if smaller == e else simplify(smaller)
        case _:
            return e


def patterns() -> None:
    heading("Data classes meet pattern matching")
    expression = Op("+", Op("*", Num(1), Op("+", Num(2), Num(3))), Op("*", Num(0), Num(9)))
    print(f"  {expression}\n  simplifies to {simplify(expression)}")


def safe_html(template: Template) -> str:
    escape = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
    parts = []
    for part in template:
        if isinstance(part, Interpolation):
            parts.append("".join(escape.get(c, c) for c in str(part.value)))
        else:
            parts.append(part)
    return "".join(parts)


def templates() -> None:
    heading("Template strings know what was written and what was filled in")
    name = "<script>alert('hi')</script>"
    print("  " + safe_html(t"<p>Hello, {name}!</p>"))


@dataclass
class Shelf:
    label: str
    books: list[str] = field(default_factory=list)

    def add(self, title: str, /, *, front: bool = False) -> None:
        self.books.insert(0 if front else len(self.books), title)


def introspection() -> None:
    heading("Programs can look at themselves")
    print(f"  Shelf.add{inspect.signature(Shelf.add)}")
    print("  its instructions:", " ".join(i.opname for i in dis.get_instructions(Shelf.add))[:88], "…")
    try:
        Shelf("x").bokos
    except AttributeError as error:
        print("  and mistakes explain themselves:", error, f"(name={error.name!r})")


def main() -> None:
    print(f"Python {' '.join(sys.version.split())}")
    threads()
    asyncio.run(concurrency())
    generators()
    patterns()
    templates()
    introspection()


if __name__ == "__main__":
    main()
