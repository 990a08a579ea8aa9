# stdin: p processed\nprocessed.append(99)\nc\n
import os
import sys


def complex_function(data):
    processed = [d * 2 for d in data]
    breakpoint()
    return sum(processed)


print(complex_function([1, 2]))
calls = []
sys.breakpointhook = lambda *args, **kwargs: calls.append((args, kwargs))
breakpoint(1, key=2)
print(calls, complex_function([5]))
sys.breakpointhook = sys.__breakpointhook__
os.environ["PYTHONBREAKPOINT"] = "0"
print(complex_function([7]))
os.environ["PYTHONBREAKPOINT"] = "builtins.print"
breakpoint("printed", "instead", sep="-")
os.environ["PYTHONBREAKPOINT"] = "no.such.callable"
import warnings

with warnings.catch_warnings(record=True) as w:
    warnings.simplefilter("always")
    breakpoint()
print([str(x.message) for x in w])
