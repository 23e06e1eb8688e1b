"""The receiver beside a real server: it counts all that is sent, and tells of streams that end."""

from __future__ import annotations

import array
import fcntl
import termios
import threading
import time
from collections.abc import Iterator
from concurrent import futures
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
from benchmarks.marks import stamp
from benchmarks.receiver import NotReceivingError, Receiver, Subscription

from support.waiting import until

STREAMS, MESSAGES, EVENTS = 6, 30, 100
PATH = "/test/Stream"
_LONG = 60.0


class Sender(grpc.GenericRpcHandler):
    """Streams of so many messages, once somebody measures, that then stay open or end."""

    def __init__(self, end: bool) -> None:
        self.address = ""
        self.measured, self.over = threading.Event(), threading.Event()
        self.done: list[bytes] = []  # the requests of streams of which all was sent

        def stream(request: bytes, context: grpc.ServicerContext) -> Iterator[bytes]:
            context.send_initial_metadata(())
            self.measured.wait(_LONG)
            for _ in range(MESSAGES):
                yield b"".join(f"{stamp()};{'x' * 370}".encode() for _ in range(EVENTS))
            self.done.append(request)
            if not end:
                self.over.wait(_LONG)

        self._handler = grpc.unary_stream_rpc_method_handler(stream)

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Any:
        return self._handler if handler_call_details.method == PATH else None


@contextmanager
def sender(end: bool = False) -> Iterator[Sender]:
    made = Sender(end)
    server = grpc.server(futures.ThreadPoolExecutor(STREAMS), handlers=(made,))
    made.address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    try:
        yield made
    finally:
        made.measured.set()
        made.over.set()
        server.stop(None)


def begin(receiver: Receiver, made: Sender) -> None:
    """Let it measure, and only then let something come."""
    receiver.begin()
    until(lambda: not _unread(receiver), "the receiver to begin")
    made.measured.set()


def let_it_read(made: Sender) -> None:
    """Until the receiver has all that can be sent, however long that takes it."""
    time.sleep(2)  # what is sent is on its way
    until(lambda: not _under_way(made), "the receiver to read")


def _under_way(made: Sender) -> list[str]:
    """What waits to be sent or read on connections of the sender, as the system tells of each."""
    port = f":{int(made.address.rpartition(':')[2]):04X} "
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines() if port in line]
    return [row[4] for row in rows if row[4] != "00000000:00000000"]


def _unread(receiver: Receiver) -> int:
    """Bytes that it was told and has not read."""
    count = array.array("i", [0])
    assert receiver._process.stdin is not None
    fcntl.ioctl(receiver._process.stdin, termios.FIONREAD, count)
    return count[0]


@pytest.mark.parametrize(("connections", "stamps"), [(0, False), (2, True)])
def test_every_event_of_every_stream_counts(connections: int, stamps: bool) -> None:
    """One connection each or several streams on one; with stamps, how long each took is known, too."""
    with (
        sender() as made,
        Receiver(Subscription(made.address, PATH, ("", "0a00"), STREAMS, connections, stamps=stamps)) as receiver,
    ):
        begin(receiver, made)
        until(lambda: len(made.done) == STREAMS, "all to be sent")
        let_it_read(made)
        received = receiver.end()
    assert received.events == STREAMS * MESSAGES * EVENTS
    assert received.size > received.events * 397
    assert len(received.latencies) == received.events * stamps
    assert all(0 <= one < 60_000 for one in received.latencies)
    assert received.latencies == sorted(received.latencies)


def test_streams_that_end_are_no_figure() -> None:
    """What a rest of the streams got would say nothing."""
    with sender(end=True) as made, Receiver(Subscription(made.address, PATH, ("",), 2)) as receiver:
        begin(receiver, made)
        until(lambda: len(made.done) == 2, "all to be sent")
        let_it_read(made)
        with pytest.raises(NotReceivingError, match="2 of 2"):
            receiver.end()


def test_who_does_not_read_gets_what_http2_takes_unasked() -> None:
    """64 KiB of each stream, and no more."""
    with sender() as made, Receiver(Subscription(made.address, PATH, ("",), 3, read=False)) as receiver:
        begin(receiver, made)
        let_it_read(made)
        received = receiver.end()
    assert received.size == 3 * 65_535


def test_a_stream_that_is_refused_is_told() -> None:
    """Nothing is measured where not all streams are open."""
    with sender() as made:
        subscription = Subscription(made.address, "/test/Missing", ("",), STREAMS)
        with pytest.raises(NotReceivingError, match="6 streams were opened"), Receiver(subscription):
            pass
