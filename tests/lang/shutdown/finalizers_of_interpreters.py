"""A finalizer that only runs when its interpreter is taken apart, with tools that watch, and that finds nothing of what it needs."""
import _interpreters

interpreter = _interpreters.create()
error = _interpreters.exec(interpreter, """
import atexit, sys

monitoring = sys.monitoring
monitoring.use_tool_id(2, "tool")
seen = []
monitoring.register_callback(2, monitoring.events.CALL, lambda *call: seen.append(call))
monitoring.set_events(2, monitoring.events.CALL)


class Last:
    def __del__(self):
        undefined_by_now(len("x"))


last = Last()
last.itself = last
atexit.register(lambda: print("exit", len(seen) > 0, flush=True))
""")
print(error)
_interpreters.destroy(interpreter)
print("done")
