from .circular_c import name

thing = 2
