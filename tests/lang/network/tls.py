"""TLS over memory BIOs and over sockets, certificates checked; the test suite's certificates are used."""

import pathlib
import socket
import ssl
import threading

import test

certificate = str(pathlib.Path(test.__file__).parent / "certdata/keycert.pem")
server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
server_context.load_cert_chain(certificate)
server_context.set_alpn_protocols(["http/1.1"])
client_context = ssl.create_default_context(cafile=certificate)
client_context.set_alpn_protocols(["h2", "http/1.1"])

to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
client = client_context.wrap_bio(to_client, to_server, server_hostname="localhost")
server = server_context.wrap_bio(to_server, to_client, server_side=True)
open_ends = [client, server]
while open_ends:
    for end in list(open_ends):
        try:
            end.do_handshake()
            open_ends.remove(end)
        except ssl.SSLWantReadError:
            pass
client.write(b"hello")
print(server.read(100), client.version(), client.selected_alpn_protocol(), client.cipher()[2])
print(dict(pair for names in client.getpeercert()["subject"] for pair in names)["commonName"])
try:
    server.read(1)
except ssl.SSLWantReadError as error:
    print(type(error).__name__, error.errno == ssl.SSL_ERROR_WANT_READ)


def serve(sock):
    try:
        with server_context.wrap_socket(sock, server_side=True) as connection:
            while data := connection.recv(1024):
                connection.sendall(data.upper())
    except (ssl.SSLError, OSError):
        pass


for hostname in "localhost", "example.org":
    near, far = socket.socketpair()
    thread = threading.Thread(target=serve, args=(far,))
    thread.start()
    try:
        with client_context.wrap_socket(near, server_hostname=hostname) as connection:
            connection.sendall(b"over a socket")
            print(connection.recv(100))
    except ssl.SSLCertVerificationError as error:
        print(error.reason, error.verify_message)
    finally:
        near.close()
        thread.join()

print(ssl.DER_cert_to_PEM_cert(b"abc").splitlines()[0], ssl._ssl.txt2obj("1.3.6.1.5.5.7.3.1"))
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
print(context.verify_mode, context.check_hostname, len(ssl.RAND_bytes(9)))
try:
    context.verify_mode = ssl.CERT_NONE
except ValueError as error:
    print(error)
