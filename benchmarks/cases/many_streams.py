"""2,000 open streams in 20 filter classes on one process: each update is for one class, and is looked at by all."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from benchmarks import feed
from benchmarks.case import Case, Plan
from benchmarks.h2load import kept_busy
from benchmarks.marks import stamp
from benchmarks.process import cpu_seconds
from benchmarks.receiver import NotReceivingError, Receiver, Subscription
from benchmarks.rounds import Reading, Turn
from benchmarks.service import Service

_STREAMS, _CONNECTIONS, _CLASSES = 2000, 100, 20
_EACH = 5  # updates for each class in a revision
_CALLS = 2  # of publishing, at a time
_WARM_UP = 1.0
_MODELS = [f"bench/model-{number}" for number in range(_CLASSES)]


@contextmanager
def _open(plan: Plan) -> Iterator[Mapping[str, Turn]]:
    with feed.quiet() as service:
        requests = tuple(feed.watch_request(model_id=model_id).hex() for model_id in _MODELS)
        watch = Subscription(service.address, feed.WATCH, requests, _STREAMS, _CONNECTIONS)
        with Receiver(watch) as receiver:
            yield {"modeldex": _deliveries(service, receiver, plan.seconds)}


def _deliveries(service: Service, receiver: Receiver, seconds: float) -> Turn:
    request = feed.publish_of_each(_MODELS * _EACH, stamp(0))

    def turn() -> Reading:
        with kept_busy(service.address, feed.PUBLISH, request, at_a_time=_CALLS):
            time.sleep(_WARM_UP)
            before = cpu_seconds(service.pid)
            received = receiver.during(seconds)
            used = cpu_seconds(service.pid) - before
        time.sleep(_WARM_UP)  # until all of it has come
        if not received.events:
            raise NotReceivingError("nothing came")
        beside = {
            "updates/s": received.rate / (_STREAMS / _CLASSES),
            "server cores": used / received.seconds,
            "server CPU us/delivery": used / received.events * 1e6,
        }
        return Reading(received.rate, beside)

    return turn


CASE = Case(
    name="many_streams",
    title=f"{_STREAMS:,} streams on {_CONNECTIONS} connections in {_CLASSES} filter classes of one process",
    unit="deliveries/s",
    open=_open,
    bars=(),
    rounds=5,
)
