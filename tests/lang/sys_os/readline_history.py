"""readline without a terminal: history, history files, hooks and errors."""

import os
import readline
import tempfile


def attempt(function, *args):
    try:
        print(repr(function(*args)))
    except Exception as error:
        print(type(error).__name__, error)


attempt(readline.get_completer)
attempt(readline.set_completer, 5)
readline.set_completer(attempt)
print(readline.get_completer() is attempt)
readline.set_completer()
print(repr(readline.get_completer_delims()))
readline.set_completer_delims(" \t")
print(repr(readline.get_completer_delims()))
for entry in "one", "two", "three", "four":
    readline.add_history(entry)
print([readline.get_history_item(i) for i in range(6)], readline.get_current_history_length())
readline.replace_history_item(1, "zwei")
readline.remove_history_item(0)
print([readline.get_history_item(i) for i in range(1, 4)])
attempt(readline.remove_history_item, -1)
attempt(readline.remove_history_item, 7)
attempt(readline.replace_history_item, 7, "x")
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "history")
    readline.write_history_file(path)
    readline.clear_history()
    readline.read_history_file(path)
    print([readline.get_history_item(i) for i in range(1, 4)])
    readline.add_history("five")
    readline.append_history_file(1, path)
    readline.set_history_length(2)
    readline.write_history_file(path)
    print(open(path).read().split("\n"), readline.get_history_length())
attempt(readline.read_history_file, "/nonexistent")
attempt(readline.append_history_file, -1, "/nonexistent")
attempt(readline.append_history_file, 1, "/nonexistent")
attempt(readline.read_init_file, "/nonexistent")
attempt(readline.set_startup_hook, 5)
attempt(readline.set_pre_input_hook, None)
attempt(readline.get_line_buffer)
attempt(readline.get_begidx)
attempt(readline.add_history, 5)
