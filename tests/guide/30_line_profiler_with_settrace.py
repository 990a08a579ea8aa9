import sys


class LineProfiler:
    def __init__(self):
        self.hits = {}
        self.codes = set()

    def profile(self, f):
        self.codes.add(f.__code__)

        def wrapper(*args, **kwargs):
            old = sys.gettrace()
            sys.settrace(self.trace)
            try:
                return f(*args, **kwargs)
            finally:
                sys.settrace(old)

        return wrapper

    def trace(self, frame, event, arg):
        if frame.f_code not in self.codes:
            return None
        if event == "line":
            key = (frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno)
            self.hits[key] = self.hits.get(key, 0) + 1
        return self.trace


lp = LineProfiler()


@lp.profile
def process_data(data):
    result = []
    for item in data:
        if item % 2 == 0:
            result.append(item**2)
    return result


print(process_data(range(10)))
for (name, line), hits in sorted(lp.hits.items()):
    print(name, line, hits)


@lp.profile
def failing(n):
    while n:
        n -= 1
    raise ValueError("end")


try:
    failing(3)
except ValueError:
    print(sorted((k[1], v) for k, v in lp.hits.items() if k[0] == "failing"), sys.gettrace())
