from . import circular_a


def other():
    return circular_a.result.__name__
