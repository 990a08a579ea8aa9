"""sqlite3: statements, rows, functions called back, transactions, blobs, threads."""

import sqlite3
import threading

db = sqlite3.connect(":memory:", detect_types=sqlite3.PARSE_DECLTYPES, check_same_thread=False)
db.row_factory = sqlite3.Row
db.execute("create table snake(name text, length real, data blob)")
with db:
    db.executemany("insert into snake values(?, ?, ?)", [("taipan", 2.9, b"\0\1"), ("mamba", 3.0, None), ("boa", 4.5, b"xyz")])
print([tuple(row) for row in db.execute("select * from snake order by length desc")])
row = db.execute("select name, length from snake where name = :n", {"n": "boa"}).fetchone()
print(row["NAME"], row[1], row.keys(), len(row))


class Join:
    def __init__(self):
        self.parts = []

    def step(self, value):
        self.parts.append(value)

    def finalize(self):
        return "+".join(sorted(self.parts))


db.create_function("twice", 1, lambda x: x * 2, deterministic=True)
db.create_aggregate("joined", 1, Join)
db.create_collation("by_end", lambda a, b: (a[::-1] > b[::-1]) - (a[::-1] < b[::-1]))
print(db.execute("select twice(21), joined(name) from snake").fetchone()[:])
print([name for (name,) in db.execute("select name from snake order by name collate by_end")])
try:
    with db:
        db.execute("delete from snake")
        raise KeyError("undo")
except KeyError:
    print(db.execute("select count(*) from snake").fetchone()[0])
for sql in "select * from nothing", "sel", "select ?":
    try:
        db.execute(sql)
    except sqlite3.Error as error:
        print(type(error).__name__, error)
with db.blobopen("snake", "data", 3) as blob:
    blob[0] = ord("X")
    print(blob.read(), len(blob))
copy = sqlite3.connect(":memory:")
db.backup(copy)
print(copy.execute("select max(length) from snake").fetchone(), len(db.serialize()) > 0)


def insert(number):
    for _ in range(50):
        db.execute("insert into snake values(?, ?, ?)", (str(number), number, None))


threads = [threading.Thread(target=insert, args=(n,)) for n in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(db.execute("select count(*) from snake").fetchone()[0])
copy.close()
db.close()
