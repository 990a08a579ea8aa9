"""Stands in for CPython's test extension: nothing fires events from C here, but the cases that want it must be left in order."""


class CodeLike:
    def __init__(self, events: int) -> None:
        self.events = events


def __getattr__(name: str) -> object:
    if not name.startswith(("fire_event_", "monitoring_")):
        raise AttributeError(name)

    def missing(*args: object) -> None:
        raise NotImplementedError(name)

    return missing
