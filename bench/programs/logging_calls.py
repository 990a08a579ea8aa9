"""Logging: disabled levels, formatting, handlers."""

import io
import logging


def main():
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(logging.Formatter("%(levelname)s:%(name)s:%(message)s"))
    log = logging.getLogger("bench.sub")
    log.handlers.clear()
    log.propagate = False
    log.addHandler(handler)
    log.setLevel(logging.WARNING)
    for i in range(400_000):
        log.debug("never %d", i)
    for i in range(30_000):
        log.warning("shown %d %s", i, "x")
    assert out.getvalue().count("\n") == 30_000


for _ in range(2):
    main()
