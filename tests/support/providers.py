"""A provider to fake: an HTTP server that answers `GET /v1/models` as a test tells it to."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Row = dict[str, Any]


@dataclass
class Says:
    """One way to answer. `cut` announces more bytes than come."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    cut: int = 0


def listing(rows: Iterable[Row | str]) -> bytes:
    """The body of a list: rows, or just their ids."""
    whole = [{"id": row, "object": "model"} if isinstance(row, str) else row for row in rows]
    return json.dumps({"object": "list", "data": whole}).encode()


class FakeProvider:
    """Answers every request with what `says` holds. While it is `held`, requests wait."""

    def __init__(self) -> None:
        self.says = Says(body=listing(["one"]))
        self.calls = 0
        self.most_at_once = 0
        self._at_once = 0
        self._counting = threading.Lock()
        self._free = threading.Event()
        self._free.set()
        self.url = ""

    def lists(self, *rows: Row | str) -> None:
        """Answer with a complete listing."""
        self.says = Says(body=listing(rows))

    def fails(self, status: int, **headers: str) -> None:
        """Answer with an error."""
        self.says = Says(status=status, body=b'{"error": {"message": "no"}}', headers=headers)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let requests wait for the end of this block."""
        self._free.clear()
        try:
            yield
        finally:
            self._free.set()

    def forget(self) -> None:
        """Count from 0 again."""
        self.calls = self.most_at_once = 0

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        with self._counting:
            self.calls += 1
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            self._free.wait(60)
            said = self.says
        finally:
            with self._counting:  # before the answer: who has it may ask again at once
                self._at_once -= 1
        try:
            handler.send_response(said.status)
            handler.send_header("content-type", said.content_type)
            handler.send_header("content-length", str(len(said.body) + said.cut))
            handler.send_header("connection", "close")
            for name, value in said.headers.items():
                handler.send_header(name.replace("_", "-"), value)
            handler.end_headers()
            handler.wfile.write(said.body)
        except OSError:
            pass  # the caller gave up


@contextmanager
def fake_provider() -> Iterator[FakeProvider]:
    """A provider in a thread of its own, so that a test's event loop may come and go."""
    provider = FakeProvider()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            provider.answer(self)
            self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    provider.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
