"""The receiver beside a real server: it counts all that is sent, and tells of streams that end."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent import futures
from contextlib import contextmanager
from typing import Any

import grpc
import pytest
from benchmarks.marks import stamp
from benchmarks.receiver import NotReceivingError, Receiver, Subscription

STREAMS, MESSAGES, EVENTS = 6, 30, 100
PATH = "/test/Stream"


class Sender(grpc.GenericRpcHandler):
    """Streams of so many messages, that then stay open or end."""

    def __init__(self, end: bool) -> None:
        def stream(request: bytes, context: grpc.ServicerContext) -> Iterator[bytes]:
            context.send_initial_metadata(())
            time.sleep(0.5)  # until somebody measures
            for _ in range(MESSAGES):
                yield b"".join(f"{stamp()};{'x' * 370}".encode() for _ in range(EVENTS))
            if not end:
                time.sleep(3)

        self._handler = grpc.unary_stream_rpc_method_handler(stream)

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Any:
        return self._handler if handler_call_details.method == PATH else None


@contextmanager
def sender(end: bool = False) -> Iterator[str]:
    server = grpc.server(futures.ThreadPoolExecutor(STREAMS), handlers=(Sender(end),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(None)


@pytest.mark.parametrize(("connections", "stamps"), [(0, False), (2, True)])
def test_every_event_of_every_stream_counts(connections: int, stamps: bool) -> None:
    """One connection each or several streams on one; with stamps, how long each took is known, too."""
    with (
        sender() as address,
        Receiver(Subscription(address, PATH, ("", "0a00"), STREAMS, connections, stamps=stamps)) as receiver,
    ):
        receiver.begin()
        time.sleep(2)
        received = receiver.end()
    assert received.events == STREAMS * MESSAGES * EVENTS
    assert received.size > received.events * 397
    assert len(received.latencies) == received.events * stamps
    assert all(0 <= one < 2_000 for one in received.latencies)
    assert received.latencies == sorted(received.latencies)


def test_streams_that_end_are_no_figure() -> None:
    """What a rest of the streams got would say nothing."""
    with sender(end=True) as address, Receiver(Subscription(address, PATH, ("",), 2)) as receiver:
        receiver.begin()
        time.sleep(1.5)
        with pytest.raises(NotReceivingError, match="2 of 2"):
            receiver.end()


def test_who_does_not_read_gets_what_http2_takes_unasked() -> None:
    """64 KiB of each stream, and no more."""
    with sender() as address, Receiver(Subscription(address, PATH, ("",), 3, read=False)) as receiver:
        received = receiver.during(1.5)
    assert received.size == 3 * 65_535


def test_a_stream_that_is_refused_is_told() -> None:
    """Nothing is measured where not all streams are open."""
    with sender() as address:
        subscription = Subscription(address, "/test/Missing", ("",), STREAMS)
        with pytest.raises(NotReceivingError, match="6 streams were opened"), Receiver(subscription):
            pass
