print(2**0, 0**0, 2**-1, (-2) ** 3, (-2) ** -3, 10**30, (-3) ** 5)
print(pow(3, 200, 13), pow(-3, 201, 13), pow(3, -1, 11), pow(7, 5, -13), pow(2, 10, 1), pow(5, 0, 7))
print(pow(2, 1000) % 10**9, pow(3, 2**100, 10**20))
for args in ((2, -1, 4), (2, 3, 0), (2, 3.0, 5), (0, -1)):
    try:
        print(pow(*args))
    except (ValueError, TypeError, ZeroDivisionError) as e:
        print(args, type(e).__name__, e)
print(pow(base=2, exp=5, mod=7), 2**0.5, (-8) ** (1 / 3))
