"""Compares Taipan's regular expression engine with CPython's, on the patterns of test.re_tests and on random ones.

Two steps, as CPython and the driver may live on different machines:
    python3.14 sre_compare.py make SEED COUNT cases expected
    sre_driver < cases | diff - expected
"""

import random
import re
import sys
import warnings
from re import _compiler, _parser

warnings.simplefilter("ignore")


def line(mode, pattern, flags, text, start, end):
    parsed = _parser.parse(pattern, flags)
    code = _compiler._code(parsed, flags)
    groups = parsed.state.groups - 1
    chars = list(text) if isinstance(text, bytes) else list(map(ord, text))
    kind = 1 if max(chars, default=0) < 256 else 2 if max(chars) < 65536 else 4
    return " ".join(map(str, [mode, kind, groups, start, end, len(code), *map(int, code), len(chars), *chars]))


def spans(match):
    parts = [*match.span(), match.lastindex or 0]
    for i in range(1, match.re.groups + 1):
        parts += match.span(i)
    return " ".join(map(str, parts)) + ";"


def expect(mode, compiled, text, start, end):
    if mode == 3:
        return "".join(map(spans, compiled.finditer(text, start, end)))
    match = (compiled.match, compiled.fullmatch, compiled.search)[mode](text, start, end)
    return spans(match) if match else ""


ATOMS = ["a", "b", "c", ".", "[ab]", "[^a]", r"\w", r"\d", r"\s", "é", "1", " ", r"\W", "x", "[a-c]", "ab", "abc", "€", "[b-€]",
         r"[\w-]", r"[^\W\d]", "B", "[^b\n]", "ſ", "K", "𝒜"]
TEXT = "aabbccxx 11\nABCéÉ€_-sſkK𝒜"


def pattern(rng, depth, groups):
    """A random pattern; `groups` lists the groups closed so far."""
    parts = []
    for _ in range(rng.randint(1, 3)):
        kind = rng.random()
        if depth <= 0 or kind < 0.5:
            part = rng.choice(ATOMS)
        elif kind < 0.62:
            groups[0] += 1
            number = groups[0]
            part = "(" + pattern(rng, depth - 1, groups) + ")"
            groups.append(number)
        elif kind < 0.74:
            part = "(?:" + "|".join(pattern(rng, depth - 1, groups) for _ in range(rng.randint(2, 3))) + ")"
        elif kind < 0.80:
            part = rng.choice(["^", "$", r"\b", r"\B", r"\A", r"\Z"])
        elif kind < 0.85:
            part = rng.choice(["(?=", "(?!"]) + pattern(rng, depth - 1, groups) + ")"
        elif kind < 0.88:
            part = rng.choice(["(?<=", "(?<!"]) + rng.choice(["a", "ab", "[ab]", r"\w", "(?:a|b)"]) + ")"
        elif kind < 0.91:
            part = "(?>" + pattern(rng, depth - 1, groups) + ")"
        elif kind < 0.95 and len(groups) > 1:
            part = "\\%d" % rng.choice(groups[1:])
            parts.append(part)
            continue
        elif kind < 0.97 and len(groups) > 1:
            part = "(?(%d)%s|%s)" % (rng.choice(groups[1:]), rng.choice(ATOMS), rng.choice(ATOMS))
        else:
            part = "(?:" + pattern(rng, depth - 1, groups) + ")"
        if rng.random() < 0.45:
            part = part if len(part) == 1 or part[0] in "([\\" and part not in ("ab", "abc") else "(?:" + part + ")"
            if part not in ("^", "$", r"\b", r"\B", r"\A", r"\Z"):
                part += rng.choice(["*", "+", "?", "{2}", "{1,2}", "{0,3}", "{2,}"]) + rng.choice(["", "", "?", "+"])
        parts.append(part)
    return "".join(parts)


def cases(seed, count):
    try:
        from test.re_tests import tests
        for test in tests:
            yield 2, test[0], 0, test[1], None
    except ImportError:
        pass
    rng = random.Random(seed)
    for _ in range(count):
        source = pattern(rng, 3, [0])
        flags = 0
        for flag in (re.I, re.M, re.S, re.A):
            if rng.random() < 0.25:
                flags |= flag
        alphabet = rng.choice(["ab", "abc", TEXT, TEXT[:16]])
        text = "".join(rng.choice(alphabet) for _ in range(rng.randint(0, 14)))
        if rng.random() < 0.2:
            try:
                source, text = source.encode("latin-1"), text.encode("latin-1")
                if rng.random() < 0.3:
                    flags = flags & ~re.A | re.L
            except UnicodeEncodeError:
                pass
        yield rng.randint(0, 3), source, flags, text, rng


def main():
    seed, count = int(sys.argv[2]), int(sys.argv[3])
    with open(sys.argv[4], "w") as inputs, open(sys.argv[5], "w") as outputs:
        for mode, source, flags, text, rng in cases(seed, count):
            try:
                compiled = re.compile(source, flags)
            except (re.error, ValueError, OverflowError):
                continue
            start, end = 0, len(text)
            if rng and rng.random() < 0.3:
                start, end = sorted((rng.randint(0, len(text)), rng.randint(0, len(text))))
            inputs.write(line(mode, source, compiled.flags & ~re.DEBUG, text, start, end) + "\n")
            outputs.write(expect(mode, compiled, text, start, end) + "\n")
            print(ascii((mode, source, flags, text, start, end)))


if __name__ == "__main__":
    main()
