"""Programs for compare.py: pieces of files changed token by token, snippets that tests contain, programs that nobody would
write, and syntax trees with a wrong part.

The same call gives the same program on every Python, so that two interpreters can be asked about it.
"""

from __future__ import annotations

import ast
import copy
import doctest
import pathlib
import random
import re
import textwrap

# ---------------------------------------------------------------- pieces of files

PIECES = re.compile(
    r"""\s*(?:\#[^\n]*|\w*'''.*?'''|\w*\"\"\".*?\"\"\"|\w*'(?:\\.|[^'\\\n])*'|\w*"(?:\\.|[^"\\\n])*"|\w+"""
    r"""|[-+*/%@&|^<>=!:]=|\*\*=?|//=?|->|\.\.\.|[^\w\s])""",
    re.S,
)
REPLACEMENTS = """( ) [ ] { } : , = == := if else for in not lambda * ** x 1 's' f'{x}' t'{y!r:>{w}}' b'z' None True async await
yield as import from class def return match case try except finally elif with while ; . ... -> @ print and or is del raise pass
global nonlocal assert break continue + - ! != += type _ ~ 0777 1_000 0x 1e 'open f'{ \\ $ ? é \t""".split() + ["\n", "\n  ", " "]


def chunks(text: str) -> list[str]:
    """The text in pieces that are quick to compile: from one line that is not indented to another."""
    found, current = [], []
    for line in text.splitlines(keepends=True):
        if current and line[:1] not in " \t\n)]}#'\"" and len(current) >= 3:
            found.append("".join(current))
            current = []
        current.append(line)
        if len(current) > 60:
            found.append("".join(current))
            current = []
    found.append("".join(current))
    return [textwrap.dedent(chunk) for chunk in found if chunk.strip()]


def mutate(text: str, chance: random.Random) -> str:
    pieces = PIECES.findall(text) or [text]
    for _ in range(chance.choice((1, 1, 1, 2))):
        at = chance.randrange(len(pieces))
        action = chance.randrange(5)
        if action == 0:
            del pieces[at]
            pieces = pieces or [""]
        elif action == 1:
            pieces.insert(at, pieces[at])
        elif action == 2:
            pieces[at] = " " + chance.choice(REPLACEMENTS)
        elif action == 3:
            pieces.insert(at, " " + chance.choice(REPLACEMENTS))
        else:
            other = chance.randrange(len(pieces))
            pieces[at], pieces[other] = pieces[other], pieces[at]
    return "".join(pieces)


def pieces(path: pathlib.Path, count: int, seed: int) -> list[str]:
    """Some chunks of the file as they are."""
    try:
        pool = chunks(path.read_text("utf-8"))
    except (UnicodeError, OSError):
        return []
    chance = random.Random(f"{seed} {path.name}")
    return [chance.choice(pool) for _ in range(count)] if pool else []


def mutants(path: pathlib.Path, count: int, seed: int) -> list[str]:
    try:
        text = path.read_text("utf-8")
    except (UnicodeError, OSError):
        return []
    pool = chunks(text)
    chance = random.Random(f"{seed} {path.name}")
    return [mutate(chance.choice(pool), chance) for _ in range(count)] if pool else []


def snippets(path: str) -> list[str]:
    """Every string of a file that may be a program, and every example of the doctests in them."""
    with open(path, encoding="utf-8", errors="replace") as file:
        try:
            tree = ast.parse(file.read())
        except (SyntaxError, ValueError):
            return []
    found: dict[str, None] = {}
    parser = doctest.DocTestParser()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        text = node.value
        if ">>>" in text:
            try:
                found |= {example.source: None for example in parser.get_examples(text)}
            except ValueError:
                pass
        elif any(c in text for c in " \n(=:") and len(text) < 20000:
            found[textwrap.dedent(text)] = None
    return list(found)


# ---------------------------------------------------------------- trees


def junk(chance: random.Random, tree: ast.AST) -> object:
    """What does not belong where it is put, or may."""
    node = copy.deepcopy(chance.choice(list(ast.walk(tree))))  # itself would make a cycle
    return chance.choice(
        [
            lambda: None,
            lambda: chance.choice([0, -1, 2**70, 1.5, "x", "None", "", b"x", True, ..., (), (1, "a"), frozenset({1}), object]),
            lambda: [],
            lambda: [None],
            lambda: [node],
            lambda: node,
            lambda: chance.choice([ast.Load(), ast.Store(), ast.Del()]),
            lambda: ast.Name("x", chance.choice([ast.Load(), ast.Store()])),
            lambda: ast.Name(chance.choice(["None", "True", "__debug__", ""]), ast.Load()),
            lambda: ast.Constant(chance.choice([1, "s", [], {}, (1, []), 1j, None])),
            lambda: ast.Starred(ast.Name("x", ast.Load()), ast.Load()),
            lambda: ast.keyword(chance.choice([None, "k"]), ast.Constant(1)),
            lambda: ast.arg(chance.choice(["a", "None"])),
            lambda: ast.Pass(),
            lambda: ast.Slice(None, None, None),
            lambda: ast.NamedExpr(ast.Name("w", ast.Store()), ast.Constant(1)),
            lambda: ast.expr(),
            lambda: ast.MatchStar("rest"),
            lambda: ast.TypeVar("T"),
        ]
    )()


def break_tree(tree: ast.AST, chance: random.Random) -> None:
    """Gives one or two nodes a part that they should not have."""
    for _ in range(chance.choice((1, 1, 2))):
        nodes = [node for node in ast.walk(tree) if node._fields]
        node = chance.choice(nodes)
        name = chance.choice(node._fields + (node._attributes if chance.random() < 0.1 else ()))
        value = getattr(node, name, None)
        action = chance.randrange(6)
        if action == 0 and name in vars(node):
            delattr(node, name)
        elif isinstance(value, list) and action < 4:
            at = chance.randrange(len(value) + 1)
            if at < len(value) and action == 1:
                del value[at]
            elif at < len(value) and action == 2:
                value[at] = junk(chance, tree)
            else:
                value.insert(at, junk(chance, tree))
        else:
            setattr(node, name, junk(chance, tree))


# ---------------------------------------------------------------- random programs


class Program:
    """One random module. `budget` bounds its size."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.budget = rng.randint(5, 60)
        self.lines: list[str] = []
        # What surrounds the statement being written; now and then it is written as if it were something else.
        self.scope = "module"
        self.loop = False

    def name(self) -> str:
        return self.rng.choice("abcdefghijk" if self.rng.random() < 0.9 else ["__p", "self", "super", "__class__"])

    def number(self) -> str:
        return self.rng.choice(["0", "1", "-1", "2", "255", "256", "3.5", "1j", "1 << 70", "True", "None", "'s'", "b'x'"])

    def expr(self, depth: int = 0) -> str:
        r = self.rng
        if depth > 3 or r.random() < 0.25:
            return self.name() if r.random() < 0.7 else self.number()
        e = lambda: self.expr(depth + 1)  # noqa: E731
        kind = r.randrange(32)
        match kind:
            case 0: return f"({e()} {r.choice(['+', '-', '*', '/', '//', '%', '**', '<<', '>>', '&', '|', '^', '@'])} {e()})"
            case 1: return f"({e()} {r.choice(['and', 'or'])} {e()})"
            case 2: return f"(not {e()})"
            case 3: return f"({e()} {r.choice(['<', '==', 'in', 'not in', 'is', 'is not', '!='])} {e()})"
            case 4: return f"({e()} < {e()} <= {e()})"
            case 5: return f"({e()} if {e()} else {e()})"
            case 6: return f"{self.name()}({e()}, {e()})"
            case 7: return f"{self.name()}.{self.name()}({e()})"
            case 8: return f"{self.name()}(*{e()}, k={e()}, **{e()})"
            case 9: return f"[{self.comp(e)}]"
            case 10: return f"{{{self.comp(e)}}}"
            case 11: return f"({self.comp(e)})"
            case 12: return f"{{{e()}: {self.comp(e)}}}"
            case 13: return f"(lambda {self.name()}, z={e()}: {e()})"
            case 14: return f"{self.name()}[{e()}]"
            case 15: return f"{self.name()}[{e()}:{e()}]"
            case 16: return f"({e()}, {e()})"
            case 17: return f"[{e()}, {e()}, {e()}]"
            case 18: return f"{{{e()}, {e()}, 1}}"
            case 19: return f"f'{{{self.name()}!r:>{{{self.name()}}}}} x'"
            case 20: return f"({self.name()} := {e()})"
            case 21: return f"(yield {e()})" if self.allowed("def", "async") and depth < 2 else e()
            case 22: return f"(await {e()})" if self.allowed("async") and depth < 2 else e()
            case 23: return f"(-{e()})"
            case 24: return f"(~{e()})"
            case 25: return f"{r.choice(['any', 'all', 'tuple'])}({self.comp(e)})"
            case 26: return f"super().{self.name()}({e()})"
            case 27: return "(" + ", ".join(self.number() for _ in range(r.choice([2, 3, 31]))) + ")"
            case 28: return f"({e()} in [1, 2, {self.number()}])"
            case 29: return f"('%s-%r' % ({e()}, {e()}))"
            case 30: return f"{self.name()}[1:2]"
            case _: return f"{self.name()}.{self.name()}"

    def comp(self, e) -> str:
        text = f"{e()} for {self.name()} in {e()}"
        if self.rng.random() < 0.3:
            text += f" if {e()}"
        if self.rng.random() < 0.25:
            text += f" for {self.name()}, {self.name()} in {e()}"
        if self.rng.random() < 0.1:
            text += f" for {self.name()} in [{e()}]"
        if self.rng.random() < 0.2 and self.allowed("async"):
            text = text.replace(" for ", " async for ", 1)
        return text

    def target(self) -> str:
        r = self.rng
        return r.choice([self.name(), self.name(), f"{self.name()}, {self.name()}", f"{self.name()}.{self.name()}",
                         f"{self.name()}[{self.name()}]", f"{self.name()}, *{self.name()}", "self.x"])

    def allowed(self, *scopes: str) -> bool:
        return self.scope in scopes or self.rng.random() < 0.002

    def block(self, indent: int, scope: str = "", loop: bool | None = None) -> None:
        outer = self.scope, self.loop
        self.scope = scope or self.scope
        self.loop = self.loop if loop is None else loop
        for _ in range(self.rng.choice([1, 1, 2, 3])):
            self.statement(indent)
        self.scope, self.loop = outer

    def put(self, indent: int, text: str) -> None:
        self.lines.append("    " * indent + text)

    def pattern(self, depth: int = 0) -> str:
        r = self.rng
        p = lambda: self.pattern(depth + 1)  # noqa: E731
        kind = r.randrange(10) if depth < 3 else r.randrange(4)
        match kind:
            case 0: return self.name()
            case 1: return "_"
            case 2: return r.choice(["1", "-1", "'s'", "None", "1+2j", "a.b"])
            case 3: return "[]"
            case 4: return f"[{p()}, {p()}]"
            case 5: return f"[{p()}, *{r.choice(['_', self.name()])}, {p()}]"
            case 6: return f"{{'k': {p()}, **{self.name()}}}"
            case 7: return f"C({p()}, k={p()})"
            case 8: return f"({p()} | {p()})"
            case _: return f"({p()} as {self.name()})"

    def statement(self, indent: int) -> None:
        r = self.rng
        self.budget -= 1
        if self.budget < 0 or indent > 6:
            self.put(indent, r.choice(["pass", f"{self.name()} = {self.expr(2)}", self.expr(2),
                                 "return" if self.allowed("def", "async") else "pass"]))
            return
        put, i = self.put, indent
        kind = r.randrange(34)
        match kind:
            case 0 | 1 | 2: put(i, f"{self.target()} = {self.expr()}")
            case 3: put(i, f"{self.name()} {r.choice(['+=', '-=', '@=', '**='])} {self.expr()}")
            case 4: put(i, f"{self.name()}: {self.expr(1)}" + (f" = {self.expr()}" if r.random() < 0.5 else ""))
            case 5 | 6 | 7:
                put(i, f"if {self.expr()}:")
                self.block(i + 1)
                if r.random() < 0.3:
                    put(i, f"elif {self.expr()}:")
                    self.block(i + 1)
                if r.random() < 0.5:
                    put(i, "else:")
                    self.block(i + 1)
            case 8 | 9:
                put(i, f"while {self.expr()}:")
                self.block(i + 1, loop=True)
                if r.random() < 0.3:
                    put(i, "else:")
                    self.block(i + 1)
            case 10 | 11:
                put(i, f"{'async ' if r.random() < 0.3 and self.allowed('async') else ''}for {self.target()} in {self.expr()}:")
                self.block(i + 1, loop=True)
                if r.random() < 0.3:
                    put(i, "else:")
                    self.block(i + 1)
            case 12 | 13 | 14:
                star = "*" if r.random() < 0.2 else ""
                put(i, "try:")
                self.block(i + 1)
                handlers = r.choice([0, 1, 1, 2])
                for _ in range(handlers):
                    put(i, f"except{star} {self.expr(2)}{' as ' + self.name() if r.random() < 0.5 else ''}:")
                    self.block(i + 1)
                if handlers and not star and r.random() < 0.3:
                    put(i, "except:")
                    self.block(i + 1)
                if handlers and r.random() < 0.3:
                    put(i, "else:")
                    self.block(i + 1)
                if not handlers or r.random() < 0.4:
                    put(i, "finally:")
                    self.block(i + 1)
            case 15 | 16:
                keyword = "async with" if r.random() < 0.3 and self.allowed("async") else "with"
                put(i, f"{keyword} {self.expr()} as {self.name()}, {self.expr()}:")
                self.block(i + 1)
            case 17 | 18 | 19:
                generic = f"[T{': ' + self.expr(2) if r.random() < 0.5 else ''}, *U]" if r.random() < 0.15 else ""
                if r.random() < 0.2:
                    put(i, f"@{self.name()}")
                is_async = r.random() < 0.3
                put(i, f"{'async ' if is_async else ''}def {self.name()}{generic}(x, y={self.expr(2)}, *z"
                       f"{': ' + self.name() if r.random() < 0.3 else ''}, w=1, **v):")
                if r.random() < 0.2:
                    put(i + 1, '"""doc"""')
                if r.random() < 0.1:
                    put(i + 1, f"{r.choice(['global', 'global', 'nonlocal'])} {self.name()}")
                self.block(i + 1, "async" if is_async else "def", False)
            case 20 | 21:
                put(i, f"class {self.name()}{'[T]' if r.random() < 0.15 else ''}({self.expr(2)}):")
                self.block(i + 1, "class", False)
            case 22 if self.allowed("def", "async"):
                put(i, f"return {self.expr()}" if r.random() < 0.7 and self.scope == "def" else "return")
            case 23 if self.loop: put(i, "break")
            case 24 if self.loop: put(i, "continue")
            case 25: put(i, f"raise {self.expr()}")
            case 26: put(i, f"del {self.target().replace('*', '')}")
            case 27: put(i, f"assert {self.expr()}, {self.expr()}")
            case 28: put(i, r.choice([f"import {self.name()}.{self.name()} as {self.name()}", f"import {self.name()}",
                                      f"from .{self.name()} import {self.name()}"]))
            case 29:
                put(i, f"match {self.expr()}:")
                for _ in range(r.choice([1, 2, 3])):
                    put(i + 1, f"case {self.pattern()}{' if ' + self.expr(1) if r.random() < 0.3 else ''}:")
                    self.block(i + 2)
            case 30: put(i, f"type {self.name()}{'[T]' if r.random() < 0.3 else ''} = {self.expr(1)}")
            case _: put(i, self.expr())

    def text(self) -> str:
        if self.rng.random() < 0.1:
            self.put(0, "from __future__ import annotations")
        indent = 0
        if self.rng.random() < 0.6:
            self.scope = self.rng.choice(["def", "async"])
            self.loop = True
            self.put(0, f"{'async ' if self.scope == 'async' else ''}def top(a, b, c):")
            self.put(1, "for k in a:")
            indent = 2
        while self.budget > 0:
            self.statement(indent)
        return "\n".join(self.lines) + "\n"
