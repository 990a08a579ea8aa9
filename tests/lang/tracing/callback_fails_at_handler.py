"""A callback that raises as an exception is about to be handled: the new exception goes on, and nothing counts as handled after it."""

import sys

TOOL = 4
monitoring = sys.monitoring


class Marked(Exception):
    pass


def raising(mark):
    try:
        raise mark
    except Marked:
        raise


def nested(mark):
    try:
        raising(mark)
    except KeyError:
        return "not reached"
    finally:
        print("finally", repr(sys.exception()))


def fail(code, offset, exception):
    if isinstance(exception, Marked):
        raise ValueError(f"in {code.co_name}")


monitoring.use_tool_id(TOOL, "test")
monitoring.register_callback(TOOL, monitoring.events.EXCEPTION_HANDLED, fail)
for function in (raising, nested):
    monitoring.set_events(TOOL, monitoring.events.EXCEPTION_HANDLED)
    try:
        function(Marked())
    except ValueError as e:
        print(function.__name__, e, type(e.__context__).__name__)
    finally:
        monitoring.set_events(TOOL, 0)
    print(sys.exception())
monitoring.register_callback(TOOL, monitoring.events.EXCEPTION_HANDLED, None)
monitoring.free_tool_id(TOOL)
