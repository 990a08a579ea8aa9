def gcd(a, b):
    while b:
        a, b = b, a % b
    return a


def collatz(n):
    steps = 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps


print(gcd(2**80, 6**40), gcd(1071, 462), max((collatz(i), i) for i in range(1, 2000)))
a, b = 0, 1
for i in range(300):
    a, b = b, a + b
print(a)
mixed = 0
for v in [1, 2.5, True, 10**20, -3, 0.25] * 3:
    mixed = mixed + v
print(mixed)
acc = 1
for i in range(1, 40):
    acc *= i
    acc -= i % 3
    acc ^= i
print(acc)
count = 0
i = -(2**31) - 5
while i < -(2**31) + 5:
    count += i
    i += 1
print(count, i)
