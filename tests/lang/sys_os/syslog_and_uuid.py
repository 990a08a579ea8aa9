"""syslog's masks and arguments; time-based identifiers."""

import _uuid
import syslog
import termios
import uuid


def attempt(function, *args, **kwargs):
    try:
        print(repr(function(*args, **kwargs)))
    except Exception as error:
        print(type(error).__name__, error)


print(syslog.LOG_MASK(3), syslog.LOG_UPTO(syslog.LOG_ERR), syslog.setlogmask(255))
attempt(syslog.syslog)
attempt(syslog.syslog, "a", "b", "c")
attempt(syslog.syslog, "x", "y")
syslog.openlog("taipan", syslog.LOG_PID, syslog.LOG_LOCAL0)
syslog.syslog(syslog.LOG_DEBUG, "a test")
syslog.closelog()
identifier, _ = _uuid.generate_time_safe()
print(len(identifier), uuid.UUID(bytes=identifier).version, uuid.uuid1().version, uuid.uuid1() != uuid.uuid1())
with open("/dev/null") as file:
    attempt(termios.tcgetattr, file)
    attempt(termios.tcsetattr, file, 0, [])
attempt(termios.tcgetattr, "x")
