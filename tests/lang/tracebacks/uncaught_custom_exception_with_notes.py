# exit: 1
class MyError(Exception):
    """An error with state."""


def run():
    e = MyError("something", 42)
    e.add_note("a note")
    e.add_note("a longer note\nover two lines")
    raise e


run()
