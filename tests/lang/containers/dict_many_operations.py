d = {}
for i in range(2000):
    d[i * 7 % 2003] = i
for i in range(0, 2000, 3):
    d.pop(i * 7 % 2003)
for i in range(500):
    d[f"s{i}"] = i
    d[(i, i)] = i
print(len(d), sum(v for v in d.values()), list(d)[:5], list(d)[-3:])
for i in range(500):
    del d[f"s{i}"]
print(len(d), d[(7, 7)], (501, 501) in d, list(d.items())[0])
while len(d) > 3:
    d.popitem()
print(d)
many = {str(i): i for i in range(10000)}
print(many["9999"], len(many), list(many) == [str(i) for i in range(10000)])
for k in list(many):
    if many[k] % 2:
        del many[k]
print(len(many), list(many)[:4])
