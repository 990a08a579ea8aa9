# stdin: first line\nsecond é\n42\nlast without newline
print(repr(input()), repr(input("prompt> ")), int(input()) + 1, repr(input()))
try:
    input("at end? ")
except EOFError as e:
    print(type(e).__name__, e)
import io, sys

sys.stdin = io.StringIO("from\nstringio\n")
print(input("p: "), sys.stdin.read())
sys.stdin = None
try:
    input()
except RuntimeError as e:
    print(e)
