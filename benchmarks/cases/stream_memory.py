"""What a stream takes of a server's memory, beside etcd and a bare server: idle, and stalled for want of a reader.

One connection a stream. Each turn has a server of its own: what a process lets go of, the system seldom gets back.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from shutil import which

import grpc

from benchmarks import etcd, feed
from benchmarks.bare_feed import FLOOD, IDLE, BareFeed
from benchmarks.case import Bar, Case, Plan
from benchmarks.process import resident_mb
from benchmarks.receiver import Receiver, Subscription
from benchmarks.rounds import Reading, Turn

_STREAMS = 500
_EVENTS, _BATCH = 400, 10  # more than HTTP/2 takes of a stream that nobody reads
_SETTLE = 1.0
_FIGURES = ("idle", "stalled")

Publish = Callable[[], object]
Started = AbstractContextManager[tuple[int, Subscription, Publish]]


class _Both:
    """A run that gives both figures; each of them is taken by a turn of its own."""

    def __init__(self, started: Callable[[], Started]) -> None:
        self._started = started
        self._ready: dict[str, Reading] = {}

    def turn(self, figure: str) -> Turn:
        """The turn that gives a figure; it runs where the other did not yet."""

        def turn() -> Reading:
            if figure not in self._ready:
                with self._started() as (pid, watch, publish):
                    self._ready = _measured(pid, watch, publish)
            return self._ready.pop(figure)

        return turn


def _measured(pid: int, watch: Subscription, publish: Publish) -> dict[str, Reading]:
    # One stream that is read first: what is kept of events for all streams together is no stream's own.
    with Receiver(replace(watch, streams=1, read=True)):
        publish()
        time.sleep(_SETTLE)
        before = resident_mb(pid)
        with Receiver(watch):
            time.sleep(_SETTLE)
            idle = resident_mb(pid)
            publish()
            time.sleep(_SETTLE)
            stalled = resident_mb(pid)
    return {
        figure: Reading((after - before) / _STREAMS * 1000, {"server MB": after})
        for figure, after in zip(_FIGURES, (idle, stalled), strict=True)
    }


@contextmanager
def _modeldex() -> Iterator[tuple[int, Subscription, Publish]]:
    with feed.quiet() as service:
        request = feed.publish_request(_BATCH)

        def publish() -> None:
            for _ in range(_EVENTS // _BATCH):
                service.raw(feed.PUBLISH, request, 30)

        yield service.pid, _unread(service.address, feed.WATCH, feed.watch_request().hex()), publish


@contextmanager
def _etcd() -> Iterator[tuple[int, Subscription, Publish]]:
    with etcd.Etcd() as store:
        put: grpc.UnaryUnaryMultiCallable[bytes, bytes] = store.channel.unary_unary(etcd.PUT)
        request = etcd.put_request(etcd.value(feed.EVENT_BYTES))

        def publish() -> None:
            for _ in range(_EVENTS):
                put(request, timeout=30)

        watch = _unread(store.address, etcd.WATCH, etcd.watch_request().hex())
        yield store.pid, replace(watch, half_closed=False), publish


@contextmanager
def _bare(path: str) -> Iterator[tuple[int, Subscription, Publish]]:
    with BareFeed(b"x" * feed.EVENT_BYTES * _BATCH) as server:
        yield server.pid, _unread(server.address, path, ""), lambda: None


def _unread(address: str, path: str, request: str) -> Subscription:
    return Subscription(address, path, (request,), _STREAMS, read=False)


@contextmanager
def _open(_plan: Plan) -> Iterator[Mapping[str, Turn]]:
    runs = {"modeldex": _Both(_modeldex)}
    if which(etcd.PROGRAM):
        runs["etcd"] = _Both(_etcd)
    turns = {f"{name}, {figure}": run.turn(figure) for name, run in runs.items() for figure in _FIGURES}
    turns["bare grpc.aio, idle"] = _Both(lambda: _bare(IDLE)).turn("idle")
    turns["bare grpc.aio, stalled"] = _Both(lambda: _bare(FLOOD)).turn("stalled")
    yield turns


CASE = Case(
    name="stream_memory",
    title=f"resident memory of a server for each of {_STREAMS} streams",
    unit="KB",
    open=_open,
    base="etcd, idle",
    bars=(
        Bar("modeldex, idle", 0.5, of="ratio", to="etcd, idle"),
        Bar("modeldex, stalled", 0.5, of="ratio", to="etcd, stalled"),
    ),
    rounds=3,
    optional={etcd.PROGRAM: ("etcd, idle", "etcd, stalled")},
)
