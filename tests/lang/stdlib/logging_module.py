import io
import logging
import logging.handlers

out = io.StringIO()
logging.basicConfig(
    stream=out, level=logging.DEBUG, format="%(levelname)s:%(name)s:%(funcName)s:%(lineno)d:%(message)s"
)
log = logging.getLogger("app.sub")


def f():
    log.debug("d %d", 1)
    log.info("i %(k)s", {"k": "v"})
    log.warning("w")
    try:
        1 / 0
    except ZeroDivisionError:
        log.exception("exc")
    log.log(25, "custom")
    log.error("extra", extra={"user": "x"}, stack_info=False)


f()
print(out.getvalue())
print(
    log.getEffectiveLevel(),
    log.isEnabledFor(logging.DEBUG),
    log.parent.name,
    log.name,
    logging.getLevelName(30),
    logging.getLevelName("INFO"),
    repr(log),
    logging.root,
)
log.setLevel("ERROR")
print(log.isEnabledFor(logging.WARNING))


class H(logging.Handler):
    def __init__(self):
        super().__init__()
        self.rows = []

    def emit(self, r):
        self.rows.append(self.format(r))


h = H()
h.setFormatter(logging.Formatter("{levelname:>8} {message}", style="{"))
h.addFilter(lambda r: "secret" not in r.getMessage())
log.addHandler(h)
log.propagate = False
log.error("shown")
log.error("secret")
log.critical("c %s %s", 1, [2])
print(h.rows)
m = logging.handlers.MemoryHandler(10, target=h)
log.addHandler(m)
log.error("buffered")
print(len(h.rows))
m.flush()
print(len(h.rows))
a = logging.LoggerAdapter(log, {"req": 5})
print(a.process("msg", {}))
import logging.config

logging.config.dictConfig(
    {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"f": {"format": "%(message)s!"}},
        "handlers": {"h": {"class": "logging.StreamHandler", "formatter": "f", "stream": "ext://sys.stdout"}},
        "loggers": {"cfg": {"handlers": ["h"], "level": "INFO", "propagate": False}},
    }
)
logging.getLogger("cfg").info("configured")
logging.addLevelName(15, "TRACE")
print(logging.getLevelName(15), logging.LogRecord("n", 10, "p", 1, "m %s", ("a",), None).getMessage())
import sys

logging.raiseExceptions = False
logging.getLogger("cfg").error("bad %d", "not a number")
for bad in (
    lambda: log.setLevel("NOPE"),
    lambda: logging.getLogger(5),
    lambda: logging.Formatter("%(x", style="q"),
    lambda: log.addFilter(5) or log.error("x"),
):
    try:
        bad()
    except Exception as e:
        print(type(e).__name__, e)
