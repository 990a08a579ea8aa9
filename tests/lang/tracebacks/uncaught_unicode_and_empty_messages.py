# exit: 1
class Empty(Exception):
    pass


try:
    raise Empty
except Empty:
    raise Empty("ünïcödé ☃")
