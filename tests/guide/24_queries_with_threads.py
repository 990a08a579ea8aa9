import os
import sqlite3
import tempfile
import threading


def execute_query(path, sql, results, key):
    connection = sqlite3.connect(path, timeout=10)
    try:
        results[key] = connection.execute(sql).fetchall()
    finally:
        connection.close()


def query_databases(path, queries):
    results = {}
    threads = [threading.Thread(target=execute_query, args=(path, q, results, i)) for i, q in enumerate(queries)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return results


with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "data.db")
    setup = sqlite3.connect(path)
    setup.execute("create table users (id integer primary key, name text, age integer)")
    setup.executemany("insert into users (name, age) values (?, ?)", [(f"user{i}", 20 + i % 30) for i in range(300)])
    setup.commit()
    setup.close()
    r = query_databases(
        path,
        [
            "select count(*) from users",
            "select avg(age) from users",
            "select name from users where age = 21 order by id limit 2",
            "select age, count(*) from users group by age order by age limit 3",
        ],
    )
    for k in sorted(r):
        print(k, r[k])

    def write(n):
        c = sqlite3.connect(path, timeout=10)
        with c:
            for i in range(20):
                c.execute("insert into users (name, age) values (?, ?)", (f"t{n}", i))
        c.close()

    threads = [threading.Thread(target=write, args=(n,)) for n in range(3)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    print(query_databases(path, ["select count(*) from users"]))
