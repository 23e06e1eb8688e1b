"""What may answer at an address instead of a server of modeldex: sockets that speak wrongly, in threads."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Talk = Callable[[socket.socket], None]
_HTML = b"<html><h1>502 Bad Gateway</h1></html>"
_HEADERS, _DATA, _SETTINGS, _ACK = 1, 0, 4, 1
_END_HEADERS = 4


@contextmanager
def listener(talk: Talk) -> Iterator[str]:
    """Listens and talks to whoever connects; gives the address."""
    server = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=_accept, args=(server, talk), daemon=True).start()
    try:
        yield f"localhost:{server.getsockname()[1]}"
    finally:
        server.close()


def _accept(server: socket.socket, talk: Talk) -> None:
    with suppress(OSError):
        while True:
            connection, _ = server.accept()
            threading.Thread(target=_run, args=(talk, connection), daemon=True).start()


def _run(talk: Talk, connection: socket.socket) -> None:
    with suppress(OSError), connection:
        talk(connection)


def silent(connection: socket.socket) -> None:
    """Says nothing until the caller goes."""
    while connection.recv(65536):
        pass


def hangs_up(connection: socket.socket) -> None:
    """Ends at once."""


def http1_page(connection: socket.socket) -> None:
    """A web server of old, or a proxy, with a page."""
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\n\r\n" + _HTML)


def other_protocol(connection: socket.socket) -> None:
    """Something else altogether."""
    connection.sendall(b"SSH-2.0-OpenSSH_9.6\r\n")
    silent(connection)


def http2_page(status: str) -> Talk:
    """A proxy that speaks HTTP/2 and answers every request with a page."""

    def talk(connection: socket.socket) -> None:
        stream = connection.makefile("rb")
        stream.read(24)  # the preface
        connection.sendall(_frame(_SETTINGS, 0, 0, b""))
        while header := stream.read(9):
            length, kind, flags = int.from_bytes(header[:3]), header[3], header[4]
            stream.read(length)
            if kind == _SETTINGS and not flags & _ACK:
                connection.sendall(_frame(_SETTINGS, _ACK, 0, b""))
            elif kind == _HEADERS:
                number = int.from_bytes(header[5:])
                head = _literal(b":status", status.encode()) + _literal(b"content-type", b"text/html")
                connection.sendall(_frame(_HEADERS, _END_HEADERS, number, head) + _frame(_DATA, 1, number, _HTML))

    return talk


def refusing_proxy(connection: socket.socket) -> None:
    """An HTTP proxy that lets nothing through."""
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n")


def _frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return len(payload).to_bytes(3) + bytes([kind, flags]) + stream.to_bytes(4) + payload


def _literal(name: bytes, value: bytes) -> bytes:
    """A header of HPACK, spelled out."""
    return b"\x00" + bytes([len(name)]) + name + bytes([len(value)]) + value
