# exit: 1
def f(x):
    return x / 0


print("before")
f(1)
