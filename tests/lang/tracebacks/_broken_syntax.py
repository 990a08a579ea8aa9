def fine():
    return 1


class Oops
    pass
