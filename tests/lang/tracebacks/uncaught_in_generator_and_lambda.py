# exit: 1
def gen(n):
    for i in range(n, -1, -1):
        yield 10 // i


consume = lambda it: [v for v in it]
print(consume(gen(3)))
