# exit: 1
class A:
    values = [1, 2, 0]
    inverted = [1 / v for v in values]
