# stdin: alpha\nbeta\n\ngamma
import sys

for i, line in enumerate(sys.stdin):
    print(i, repr(line))
print(
    repr(sys.stdin.read()),
    sys.stdin.encoding,
    sys.stdout.encoding,
    sys.stdin.fileno(),
    sys.stdin.isatty(),
    sys.stdin.name,
    sys.stdin.buffer.read(),
    sys.stderr.errors,
    sys.stdin.mode,
)
