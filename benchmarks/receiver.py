"""A receiver of streams that takes as little of the machine as it can: one epoll loop over plain sockets. It decodes no
message; it counts the marks of the events.

Run as a program of its own, `python -m benchmarks.receiver PLAN`; `Receiver` does that. A line on its standard input
begins a measurement, the next one ends it and is answered with one line of JSON.
"""

from __future__ import annotations

import json
import os
import resource
import select
import socket
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmarks import frames
from benchmarks.marks import Marks
from benchmarks.process import stop

_ROOT = Path(__file__).parents[1]
_READ_BYTES = 256 * 1024
_OPEN_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Subscription:
    """What to subscribe to: `streams` streams on so many connections (0: one each), `requests` in turn.

    Streams that are not `read` take what HTTP/2 lets a server send unasked, 64 KiB, and never ask for more.
    """

    address: str
    path: str
    requests: tuple[str, ...]  # of messages, in hexadecimal
    streams: int
    connections: int = 0
    half_closed: bool = True
    read: bool = True
    stamps: bool = False  # whether latencies are wanted; to count alone costs less


@dataclass(frozen=True, slots=True)
class Received:
    """What came between two lines: events, bytes of messages, seconds, the receiver's own processor time in seconds,
    streams that ended, and the latencies in milliseconds, sorted."""

    events: int
    size: int
    seconds: float
    own_seconds: float
    ended: int
    latencies: list[float]

    @property
    def rate(self) -> float:
        """Events a second, of all streams together."""
        return self.events / self.seconds


class NotReceivingError(Exception):
    """Not all streams could be opened, or some ended."""


class Receiver:
    """The receiver in a process of its own. Use it as a context: all streams are open when it is entered."""

    def __init__(self, subscription: Subscription) -> None:
        self._subscription = subscription

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "benchmarks.receiver", json.dumps(asdict(self._subscription))]
        self._process = subprocess.Popen(command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        opened = json.loads(self._line())["opened"]
        if opened != self._subscription.streams:
            self._end()
            raise NotReceivingError(f"{opened} of {self._subscription.streams} streams were opened")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._end()

    def begin(self) -> None:
        """Begin to measure: what came before does not count."""
        self._say()

    def end(self) -> Received:
        """What came since `begin`. Raises NotReceivingError where a stream ended meanwhile."""
        self._say()
        received = Received(**json.loads(self._line()))
        if received.ended:
            raise NotReceivingError(f"{received.ended} of {self._subscription.streams} streams ended")
        return received

    def during(self, seconds: float) -> Received:
        """What came in so many seconds from now."""
        self.begin()
        time.sleep(seconds)
        return self.end()

    def _say(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(b"\n")
        self._process.stdin.flush()

    def _line(self) -> bytes:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise NotReceivingError("the receiver ended")
        return line

    def _end(self) -> None:
        stop(self._process)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()


class _Connection:
    """One connection with its streams."""

    def __init__(self, socket: socket.socket, streams: int) -> None:
        self.socket = socket
        self.waiting = streams  # for their first headers
        self.splitter = frames.Splitter()
        self.marks: defaultdict[int, Marks] = defaultdict(Marks)


class _Loop:
    """Everything that is received."""

    def __init__(self, subscription: Subscription) -> None:
        self._of = subscription
        self._poll = select.epoll()
        self._connections: dict[int, _Connection] = {}
        self._forget()
        self._ended = 0

    def open(self) -> int:
        """Open the streams; how many of them the server answered."""
        of = self._of
        connections = of.connections or of.streams
        for number in range(connections):
            self._connect(range(number, of.streams, connections))
        until = time.monotonic() + _OPEN_SECONDS
        while (waiting := self._waiting()) and not self._ended and time.monotonic() < until:
            self.turn(0.1)
        return of.streams - waiting

    def _connect(self, numbers: Iterable[int]) -> None:
        """A connection with the streams of these numbers."""
        of = self._of
        host, _, port = of.address.rpartition(":")
        opened = socket.create_connection((host, int(port)), timeout=30)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        out = frames.opening(frames.WINDOW_MOST if of.read else frames.WINDOW_DEFAULT)
        count = 0
        for place, number in enumerate(numbers):
            message = bytes.fromhex(of.requests[number % len(of.requests)])
            out += frames.call(2 * place + 1, of.path, of.address, message, half_closed=of.half_closed)
            count += 1
        opened.sendall(out)
        self._connections[opened.fileno()] = _Connection(opened, count)
        self._poll.register(opened.fileno(), select.EPOLLIN)

    def _waiting(self) -> int:
        return sum(connection.waiting for connection in self._connections.values())

    def watch(self, file: int) -> None:
        """Tell also when a file can be read."""
        self._poll.register(file, select.EPOLLIN)

    def turn(self, seconds: float) -> set[int]:
        """Take in what is there, or comes within so long. The other files that can be read."""
        others = set()
        for file, _ in self._poll.poll(seconds):
            connection = self._connections.get(file)
            if connection is None:
                others.add(file)
            else:
                self._take(connection)
        return others

    def _take(self, connection: _Connection) -> None:
        data = connection.socket.recv(_READ_BYTES)
        now = time.monotonic_ns()
        if not data:
            self._poll.unregister(connection.socket.fileno())
            self._ended += 1
            return
        payloads: dict[int, list[bytes]] = {}
        for received in connection.splitter.feed(data):
            if received.kind == frames.DATA:
                payloads.setdefault(received.stream, []).append(received.payload)
            else:
                self._control(connection, received)
        for stream, parts in payloads.items():
            self._count(connection.marks[stream], b"".join(parts), now)

    def _control(self, connection: _Connection, received: frames.Frame) -> None:
        if received.kind == frames.HEADERS and not received.flags & frames.END_STREAM:
            connection.waiting -= 1
        elif received.kind in {frames.HEADERS, frames.RESET, frames.GOAWAY}:
            self._ended += 1
        elif reply := frames.answer(received):
            connection.socket.sendall(reply)

    def _count(self, marks: Marks, data: bytes, now: int) -> None:
        self._size += len(data)
        if not self._of.stamps:
            self._events += marks.count(data)
            return
        stamps = marks.stamps(data)
        self._events += len(stamps)
        self._latencies += [now - stamp for stamp in stamps]

    def begin(self) -> None:
        """Forget what came."""
        self._forget()

    def _forget(self) -> None:
        self._events = self._size = 0
        self._latencies: list[int] = []
        self._began, self._used = time.monotonic(), time.process_time()

    def end(self) -> Received:
        """What came since `begin`."""
        return Received(
            events=self._events,
            size=self._size,
            seconds=time.monotonic() - self._began,
            own_seconds=time.process_time() - self._used,
            ended=self._ended,
            latencies=sorted(one / 1e6 for one in self._latencies),
        )


def _main(plan: str) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    fields = json.loads(plan)
    loop = _Loop(Subscription(**{**fields, "requests": tuple(fields["requests"])}))
    print(json.dumps({"opened": loop.open()}), flush=True)
    loop.watch(sys.stdin.fileno())
    measuring = False
    while True:
        if sys.stdin.fileno() not in loop.turn(1):
            continue
        if not os.read(sys.stdin.fileno(), 1):
            return
        measuring = not measuring
        if measuring:
            loop.begin()
        else:
            print(json.dumps(asdict(loop.end())), flush=True)


if __name__ == "__main__":
    _main(sys.argv[1])
