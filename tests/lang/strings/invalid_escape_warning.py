import warnings

for source in (r"'\d'", r"b'\q'", r"f'\w{1}'", r"'\400'", r"b'\777'", r"r'\d'"):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        print(source, ascii(eval(source)))
    for w in caught:
        print(w.category.__name__, w.message)
