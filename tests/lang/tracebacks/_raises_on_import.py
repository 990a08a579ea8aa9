def setup():
    raise LookupError("cannot set up")


setup()
