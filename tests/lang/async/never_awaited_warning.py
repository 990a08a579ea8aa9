import gc
import warnings


async def forgotten():
    pass


with warnings.catch_warnings(record=True) as w:
    warnings.simplefilter("always")
    forgotten()
    gc.collect()
for x in w:
    print(x.category.__name__, x.message)
