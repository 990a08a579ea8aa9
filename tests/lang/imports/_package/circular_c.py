from .circular_d import thing

name = 1
