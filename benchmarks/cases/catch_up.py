"""One reader that catches up on 100,000 updates which only the store has."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import grpc

from benchmarks import feed
from benchmarks.case import Bar, Case, Plan
from benchmarks.marks import MARK
from benchmarks.process import cpu_seconds
from benchmarks.rounds import Reading, Turn
from benchmarks.service import Service

_EVENTS, _BATCH = 100_000, 200


@contextmanager
def _open(_plan: Plan) -> Iterator[Mapping[str, Turn]]:
    with feed.quiet() as service:
        publish: grpc.UnaryUnaryMultiCallable[bytes, bytes] = service.channel.unary_unary(feed.PUBLISH)
        request = feed.publish_request(_BATCH)
        for _ in range(_EVENTS // _BATCH):  # nobody watches, so that nothing of it stays in memory
            publish(request, timeout=60)
        yield {"modeldex": lambda: _caught_up(service)}


def _caught_up(service: Service) -> Reading:
    watch: grpc.UnaryStreamMultiCallable[bytes, bytes] = service.channel.unary_stream(feed.WATCH)
    before = cpu_seconds(service.pid)
    begin = time.perf_counter()
    messages = watch(feed.watch_request(after_revision=0), timeout=60)
    count = received = 0
    for message in messages:
        received += 1
        count += message.count(MARK)
        if count >= _EVENTS:
            break
    seconds = time.perf_counter() - begin
    messages.cancel()
    used = cpu_seconds(service.pid) - before
    return Reading(count / seconds, {"messages": received, "server cores": used / seconds})


CASE = Case(
    name="catch_up",
    title=f"{_EVENTS:,} updates of {feed.EVENT_BYTES} bytes, in revisions of {_BATCH}, from PostgreSQL to one reader",
    unit="updates/s",
    open=_open,
    bars=(Bar("modeldex", 20_000, at_least=True),),
    rounds=5,
)
