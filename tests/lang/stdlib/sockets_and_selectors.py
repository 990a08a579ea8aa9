import selectors, socket, threading, select, ssl, socketserver, http.server, urllib.request, io

a, b = socket.socketpair()
a.sendall(b"hello")
print(b.recv(3), b.recv(10), a.fileno() > 0, a.gettimeout(), b.setblocking(False))
try:
    b.recv(1)
except BlockingIOError as e:
    print(type(e).__name__)
b.settimeout(0.01)
try:
    b.recv(1)
except TimeoutError as e:
    print(e)
s = selectors.DefaultSelector()
s.register(b, selectors.EVENT_READ, "data")
print(s.select(0))
a.send(b"x")
print([(k.data, m) for k, m in s.select(1)], select.select([b], [a], [], 0)[0] == [b])
s.close()
f = b.makefile("rb")
a.sendall(b"line\n")
b.settimeout(None)
print(f.readline())
f.close()
a.close()
b.close()
srv = socket.create_server(("127.0.0.1", 0))


def serve():
    c, addr = srv.accept()
    with c:
        c.sendall(c.recv(100).upper())


t = threading.Thread(target=serve)
t.start()
with socket.create_connection(srv.getsockname()) as c:
    c.sendall(b"shout")
    print(c.recv(100), c.getpeername() == srv.getsockname())
t.join()
srv.close()
for bad in (
    lambda: socket.create_connection(("127.0.0.1", 1), 1),
    lambda: a.send(b"x"),
    lambda: socket.socket(999),
    lambda: socket.inet_aton("x"),
    lambda: socket.socket().send("str"),
    lambda: socket.htons(70000),
    lambda: socket.socket().bind(5),
):
    try:
        bad()
    except Exception as e:
        print(type(e).__name__, e)
print(
    socket.inet_ntoa(b"\x7f\0\0\1"),
    socket.inet_pton(socket.AF_INET6, "::1").hex(),
    socket.htons(1),
    socket.AF_INET,
    socket.SOCK_STREAM,
    socket.has_ipv6 in (True, False),
)


class H(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = f"path {self.path}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *a):
        pass


with http.server.ThreadingHTTPServer(("127.0.0.1", 0), H) as hs:
    t = threading.Thread(target=hs.serve_forever)
    t.start()
    with urllib.request.urlopen(f"http://127.0.0.1:{hs.server_port}/x?y=1") as r:
        print(r.status, r.read(), r.headers["Content-Length"])
    hs.shutdown()
    t.join()
u = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
u[0].bind(("127.0.0.1", 0))
u[1].sendto(b"datagram", u[0].getsockname())
print(u[0].recvfrom(100)[0])
[x.close() for x in u]
