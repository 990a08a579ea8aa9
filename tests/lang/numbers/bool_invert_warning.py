# flags: -W always
import warnings

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    print(~True, ~False)
    values = [True]
    print(~values[0])
for w in caught:
    print(w.category.__name__, w.message)
