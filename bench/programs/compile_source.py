"""Compiling source text: the lexer, parser and code generator."""

import ast


def main():
    part = '''
class Shape{n}:
    """A shape."""
    kind = {n}

    def __init__(self, width, height=2, *args, **kwargs):
        self.width, self.height = width, height
        self.points = [(x, y) for x in range(width) for y in range(height) if x != y]

    def area(self):
        try:
            return self.width * self.height / (1 + {n})
        except ZeroDivisionError as error:
            raise ValueError(f"bad {{error!r}} {{self.width:>10}}") from error

    async def go(self):
        async with self as s:
            await s.send({{"k": [1, 2, 3], **s.data}}, lambda q: q[1:2])
'''
    source = "".join(part.format(n=n) for n in range(60))
    for _ in range(2):
        code = compile(source, "<bench>", "exec")
    tree = ast.parse(source)
    assert len(tree.body) == 60 and sum(1 for _ in ast.walk(tree)) > 5_000
    namespace = {}
    exec(code, namespace)
    assert namespace["Shape3"](2, 4).area() == 2.0


for _ in range(4):
    main()
