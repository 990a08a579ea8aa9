from . import circular_b


def result():
    return circular_b.other()
