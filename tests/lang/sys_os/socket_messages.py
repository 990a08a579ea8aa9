"""Sockets: messages with ancillary data, addresses of several families, names, time-outs and errors."""

import array
import os
import socket
import _socket


def attempt(function, *args, **kwargs):
    try:
        print(repr(function(*args, **kwargs)))
    except Exception as error:
        print(type(error).__name__, error)


left, right = socket.socketpair()
with left, right:
    reader, writer = os.pipe()
    print(left.sendmsg([b"ab", bytearray(b"cd")], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [writer]))]))
    data, ancillary, flags, address = right.recvmsg(100, socket.CMSG_SPACE(4))
    print(data, [row[:2] for row in ancillary], flags, address)
    (descriptor,) = array.array("i", ancillary[0][2])
    os.write(descriptor, b"through the passed descriptor")
    print(os.read(reader, 100))
    left.send(b"abcdef")
    parts = bytearray(2), bytearray(3)
    print(right.recvmsg_into(parts), parts, right.recvfrom_into(parts[0]), parts[0])
    right.settimeout(0.01)
    attempt(right.recv, 5)
    right.setblocking(False)
    attempt(right.recv, 5)
    attempt(left.sendmsg, 5)
    attempt(left.sendmsg, [5])
    attempt(left.sendmsg, [b"x"], [(1, 2)])
    attempt(left.recvmsg, -1)
    attempt(left.recvmsg, 5, -1)
    attempt(left.recvmsg_into, [b"x"])
    attempt(left.sendmsg_afalg)

server = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(server.getsockname())
peer, name = server.accept()
with server, client, peer:
    print(name == client.getsockname(), peer.getpeername() == name)
    client.sendall(b"x" * 100000)
    client.shutdown(socket.SHUT_WR)
    with peer.makefile("rb") as stream:
        print(len(stream.read()))
    attempt(client.setsockopt, 1, 2, "x")
    attempt(client.setsockopt, 1, 2, 3, 4)
    attempt(client.getsockopt, 1, 2, 1025)
    attempt(client.sendto, b"x")
    attempt(client.settimeout, -1)
    attempt(client.settimeout, float("nan"))
    attempt(client.connect, ("127.0.0.1",))
    attempt(client.bind, ("127.0.0.1", 70000))
    attempt(client.bind, (5, 5))
with socket.socket(socket.AF_UNIX) as unix:
    abstract = b"\0taipan-%d" % os.getpid()
    unix.bind(abstract)
    print(unix.getsockname() == abstract)
    attempt(socket.socket(socket.AF_UNIX).bind, "x" * 200)
    attempt(socket.socket(socket.AF_UNIX).bind, 5)
with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW) as netlink:
    netlink.bind((0, 0))
    print(len(netlink.getsockname()))
    attempt(netlink.bind, (0,))
attempt(socket.CMSG_LEN, -1)
print(socket.CMSG_LEN(5), socket.CMSG_SPACE(5))
attempt(socket.getnameinfo, ("127.0.0.1", 80), socket.NI_NUMERICHOST | socket.NI_NUMERICSERV)
attempt(socket.getnameinfo, (), 0)
attempt(socket.gethostbyaddr, 5)
attempt(socket.gethostbyname, "a\0b")
attempt(socket.getprotobyname, "tcp")
attempt(socket.getprotobyname, "nothing")
attempt(socket.getservbyname, "nothing")
attempt(socket.getservbyport, -1)
attempt(socket.if_nametoindex, "no-such-interface")
attempt(socket.if_indextoname, -1)
attempt(socket.htons, -1)
attempt(socket.htonl, 2**32)
attempt(socket.inet_ntoa, b"abc")
attempt(socket.inet_pton, 99, "x")
attempt(socket.getaddrinfo, "127.0.0.1", 80, type=socket.SOCK_STREAM)
attempt(_socket.socket, fileno=-1)
attempt(_socket.socket, fileno="x")
