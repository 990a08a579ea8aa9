from multiprocessing import Pipe, Process


def worker_pipe(conn):
    conn.send("Hello from child")
    conn.send([1, {"two": (3.0, None)}])
    print("child got:", conn.recv(), flush=True)
    conn.send_bytes(b"\x00raw\xff")
    conn.close()


def calculator(conn):
    while True:
        try:
            a, op, b = conn.recv()
        except EOFError:
            break
        try:
            conn.send(eval(f"{a}{op}{b}"))
        except ZeroDivisionError as e:
            conn.send(e)


if __name__ == "__main__":
    parent, child = Pipe()
    p = Process(target=worker_pipe, args=(child,))
    p.start()
    child.close()
    print(parent.recv(), parent.recv())
    parent.send("Hello from parent")
    print(parent.recv_bytes())
    p.join()
    try:
        parent.recv()
    except EOFError:
        print("child closed its end")
    parent, child = Pipe()
    p = Process(target=calculator, args=(child,))
    p.start()
    child.close()
    for question in ((6, "*", 7), (1, "/", 0), (2, "**", 100)):
        parent.send(question)
        print(repr(parent.recv()))
    print(parent.poll(), parent.writable, parent.closed)
    parent.close()
    p.join()
    receiver, sender = Pipe(duplex=False)
    sender.send("one way")
    print(receiver.recv(), receiver.writable, sender.readable)
