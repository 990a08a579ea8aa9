"""The warning about an unknown escape has the category of the version whose syntax is asked for."""

import ast
import warnings

for version in (None, (3, 14), (3, 12), (3, 11), (3, 4)):
    for source in (r"'\q'", r"b'\q'", r"'\777'", r"f'\q'"):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                ast.parse(source, feature_version=version)
            except SyntaxError as error:
                print(version, source, error)
        print(version, source, [(w.category.__name__, str(w.message)[:12]) for w in caught])
