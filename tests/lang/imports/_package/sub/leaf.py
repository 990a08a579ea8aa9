print("loading", __name__)
from .. import value
from ..lazy import name
from . import __name__ as parent


def up():
    return value, name, parent
