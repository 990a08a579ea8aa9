"""Who minds keywords that are not strings: most callables at once, syntax tree nodes in words of their own."""

import ast
import warnings

warnings.simplefilter("ignore")


class Claims:
    def __hash__(self) -> int:
        return hash("id")

    def __eq__(self, other: object) -> bool:
        return other == "id"


class Class:
    def __init__(self, **keywords: object) -> None:
        self.keywords = keywords


keywords = {1: 2}
calls = [
    lambda: ast.Name(**keywords),
    lambda: ast.Name(id="x").__replace__(**keywords),
    lambda: ast.Name("x", **{Claims(): "y"}),
    lambda: dict(**keywords),
    lambda: print(**keywords),
    lambda: (lambda **k: k)(**keywords),
    lambda: Class(**keywords),
    lambda: Class.__init__(Class(), **keywords),
    lambda: dict().update(**keywords),
    lambda: sorted([], **keywords),
]
for call in calls:
    try:
        print(call())
    except TypeError as error:
        print(error if "Claims" not in str(error) else str(error).partition("<")[0])
