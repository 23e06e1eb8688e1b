"""etcd, the store whose watch the feed is measured beside: one node, its data on disk with fsync. Its messages are few
and put together by hand."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

import grpc

from benchmarks.marks import stamp
from benchmarks.process import free_port, stop
from modeldex_server.wire import delimited, varint

PROGRAM = "etcd"
WATCH = "/etcdserverpb.Watch/Watch"
PUT = "/etcdserverpb.KV/Put"
_PREFIX, _AFTER_PREFIX = b"bench/", b"bench0"


def watch_request() -> bytes:
    """Watches every key of the prefix: WatchRequest.create_request (1) with key (1) and range_end (2)."""
    return delimited(_tag(1), delimited(_tag(1), _PREFIX) + delimited(_tag(2), _AFTER_PREFIX))


def put_request(value: bytes) -> bytes:
    """Puts a value under the prefix: PutRequest.key (1) and value (2)."""
    return delimited(_tag(1), _PREFIX + b"event") + delimited(_tag(2), value)


def value(size: int, mark: str | None = None) -> bytes:
    """A value of so many bytes with a mark; a stamp of now by default."""
    return f"{mark or stamp()};".encode().ljust(size, b"x")


def _tag(number: int) -> bytes:
    return varint(number << 3 | 2)


class Etcd:
    """An etcd of its own in a scratch folder. Use it as a context."""

    def __enter__(self) -> Self:
        self._folder = TemporaryDirectory(prefix="modeldex-bench-")
        client, peer = (f"127.0.0.1:{free_port()}" for _ in range(2))
        self.address = client
        folder = Path(self._folder.name)
        command = [PROGRAM, "--data-dir", str(folder / "data"), "--log-level", "error"]
        command += ["--listen-client-urls", f"http://{client}", "--advertise-client-urls", f"http://{client}"]
        command += ["--listen-peer-urls", f"http://{peer}", "--initial-advertise-peer-urls", f"http://{peer}"]
        command += ["--initial-cluster", f"default=http://{peer}"]
        with (folder / "log").open("wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        self.channel = grpc.insecure_channel(self.address)
        self._wait_until_ready(time.monotonic() + 30)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.channel.close()
        stop(self.process)
        self._folder.cleanup()

    @property
    def pid(self) -> int:
        """Its process."""
        return self.process.pid

    def _wait_until_ready(self, end: float) -> None:
        """Until it takes a put: it has a leader only some time after it listens."""
        put: grpc.UnaryUnaryMultiCallable[bytes, bytes] = self.channel.unary_unary(PUT)
        put(put_request(b"ready"), timeout=end - time.monotonic(), wait_for_ready=True)
