"""Operations on random decimals give what the Python form of the module gives: value, exponent, sign and flags."""

import _decimal
import _pydecimal
import random

MODULES = (_decimal, _pydecimal)
ROUNDINGS = "ROUND_CEILING ROUND_DOWN ROUND_FLOOR ROUND_HALF_DOWN ROUND_HALF_EVEN ROUND_HALF_UP ROUND_UP ROUND_05UP".split()
BINARY = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "//": lambda a, b: a // b,
    "%": lambda a, b: a % b,
    "<": lambda a, b: a < b,
    "==": lambda a, b: a == b,
    "compare": lambda a, b: a.compare(b),
    "quantize": lambda a, b: a.quantize(b),
}
UNARY = {
    "-": lambda a: -a,
    "+": lambda a: +a,
    "abs": abs,
    "str": str,
    "repr": repr,
    "format": lambda a: f"{a:.3f} {a:.0f}",
    "round": lambda a: round(a, 2),
    "float": float,
    "hash": hash,
}


def number(rng: random.Random) -> str:
    length = rng.choice((1, 1, 2, 3, 5, 9, 18, 19, 20, 27, 28, 29, 37, 38, 39, 50))
    digits = "".join(rng.choice("0123456789") for _ in range(length))
    if rng.random() < 0.15:
        digits = rng.choice("0159") + rng.choice("059") * (length - 1)
    if rng.random() < 0.6:
        point = rng.randrange(length + 1)
        digits = digits[:point] + "." + digits[point:]
    if rng.random() < 0.4:
        digits += f"E{rng.choice((0, 1, -1, 5, -7, 20, -20, 40, -40, 95, -95, 380, -380))}"
    return rng.choice(("", "", "-")) + digits


def outcome(module, setting, operation, texts):
    prec, rounding, emax, clamp = setting
    context = module.Context(prec=prec, rounding=rounding, Emax=emax, Emin=-emax, clamp=clamp, traps=[])
    with module.localcontext(context) as c:
        try:
            made = operation(*map(module.Decimal, texts))
        except (ValueError, ArithmeticError) as e:
            return type(e).__name__
        flags = sorted(signal.__name__ for signal, on in c.flags.items() if on)
    return repr(made), flags


def main() -> None:
    rng = random.Random(314)
    counts = {}
    for _ in range(4_000):
        setting = rng.choice((28, 28, 28, 9, 3, 1, 36, 37, 38, 50)), rng.choice(ROUNDINGS), rng.choice((999999, 999999, 384, 99)), rng.choice((0, 0, 1))
        texts = number(rng), number(rng)
        if rng.random() < 0.1:
            texts = texts[0], texts[0]
        for table, operands in ((BINARY, texts), (UNARY, texts[:1])):
            name = rng.choice(tuple(table))
            mine, theirs = (outcome(module, setting, table[name], operands) for module in MODULES)
            if mine != theirs:
                print("DIFFERENT", setting, name, operands, mine, theirs)
            counts[name] = counts.get(name, 0) + 1
    print(sorted(name for name, count in counts.items() if count > 150))


main()
