import csv
import os
import tempfile

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "data.csv")
    with open(path, "w", newline="", encoding="utf-8") as f:
        writer = csv.DictWriter(f, ["name", "value"])
        writer.writeheader()
        writer.writerows({"name": f"n{i}", "value": i * 1.5} for i in range(5))
    print(f.closed)
    with open(path, "r") as f:
        data = f.read()
    print(repr(data))
    with open(path, newline="") as f:
        rows = list(csv.DictReader(f))
    print(rows[2], sum(float(r["value"]) for r in rows))
    with open(path) as source, open(path + ".copy", "w") as target:
        for number, line in enumerate(source):
            target.write(f"{number}:{line.upper()}")
    print(os.path.getsize(path + ".copy"))
    try:
        with open(path) as f:
            raise RuntimeError("inside")
    except RuntimeError:
        print(f.closed)
    try:
        with open(os.path.join(folder, "missing")) as f:
            pass
    except FileNotFoundError as e:
        print(e.strerror, e.errno)
    try:
        f.read()
    except ValueError as e:
        print(e)
print(os.path.exists(path))
