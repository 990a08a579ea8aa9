import random
from contextlib import contextmanager


@contextmanager
def temporary_seed(seed):
    state = random.getstate()
    random.seed(seed)
    try:
        yield random
    finally:
        random.setstate(state)


random.seed(99)
first = random.random()
with temporary_seed(42) as r:
    inside = [r.random(), r.randint(1, 100)]
second = random.random()
random.seed(99)
print(random.random() == first, random.random() == second)
with temporary_seed(42):
    print([random.random(), random.randint(1, 100)] == inside, inside)
try:
    with temporary_seed(1):
        raise KeyError("restored anyway")
except KeyError as e:
    print(e)
print(temporary_seed.__name__, temporary_seed(1).__class__.__name__)


@temporary_seed(7)
def decorated():
    return random.random()


print(decorated() == decorated())


@contextmanager
def twice():
    yield 1
    yield 2


try:
    with twice():
        pass
except RuntimeError as e:
    print(e)


@contextmanager
def transform():
    try:
        yield
    except ZeroDivisionError as e:
        raise ValueError("translated") from e


try:
    with transform():
        1 / 0
except ValueError as e:
    print(repr(e), repr(e.__cause__))
