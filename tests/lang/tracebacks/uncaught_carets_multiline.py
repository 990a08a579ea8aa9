# exit: 1
def g(*args):
    return args


data = {"key": {"inner": None}}
result = g(
    1,
    2,
    data["key"]["inner"]["deep"],
    4,
)
