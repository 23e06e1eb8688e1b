"""How long an update takes to 500 subscribers at 50 updates a second, beside etcd's watch.

From the call that publishes it to its receipt, so that the commit is part of both.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from shutil import which
from typing import TypeAlias

import grpc

from benchmarks import etcd, feed
from benchmarks.case import Bar, Case, Plan
from benchmarks.cases.fan_out import ETCD, SUBSCRIBERS
from benchmarks.marks import percentile
from benchmarks.pacing import paced
from benchmarks.process import cpu_seconds
from benchmarks.receiver import NotReceivingError, Receiver, Subscription
from benchmarks.rounds import Reading, Turn

_RATE = 50
_SECONDS = 3  # as many times as long as a turn usually lasts
_SETTLE = 0.5

Call: TypeAlias = "grpc.UnaryUnaryMultiCallable[bytes, bytes]"


@contextmanager
def _open(plan: Plan) -> Iterator[Mapping[str, Turn]]:
    seconds = plan.seconds * _SECONDS
    with ExitStack() as stack:
        service = stack.enter_context(feed.quiet())
        watch = Subscription(service.address, feed.WATCH, (feed.watch_request().hex(),), SUBSCRIBERS, stamps=True)
        publish: Call = service.channel.unary_unary(feed.PUBLISH)
        turns = {"modeldex": latencies(watch, service.pid, publish, feed.publish_request, _RATE, seconds)}
        if which(etcd.PROGRAM):
            store = stack.enter_context(etcd.Etcd())
            request = etcd.watch_request().hex()
            watch = Subscription(store.address, etcd.WATCH, (request,), SUBSCRIBERS, half_closed=False, stamps=True)
            put: Call = store.channel.unary_unary(etcd.PUT)
            turns[ETCD] = latencies(watch, store.pid, put, _put, _RATE, seconds)
        yield turns


def _put() -> bytes:
    return etcd.put_request(etcd.value(feed.EVENT_BYTES))


def latencies(
    watch: Subscription, pid: int, call: Call, request: Callable[[], bytes], rate: float, seconds: float
) -> Turn:
    """A turn that gives the p99 of what subscribers see of calls at a rate, in milliseconds. Each update must come to
    each of them."""

    def turn() -> Reading:
        with Receiver(watch) as receiver:
            time.sleep(_SETTLE)
            receiver.begin()
            before = cpu_seconds(pid)
            made = paced(call, request, rate=rate, seconds=seconds)
            time.sleep(_SETTLE)
            used = cpu_seconds(pid) - before
            received = receiver.end()
        if received.events != made * watch.streams:
            raise NotReceivingError(f"{received.events} of {made * watch.streams} updates came")
        beside = {
            "p50 ms": percentile(received.latencies, 0.5),
            "max ms": received.latencies[-1],
            "server cores": used / received.seconds,
        }
        return Reading(percentile(received.latencies, 0.99), beside)

    return turn


CASE = Case(
    name="feed_latency",
    title=f"p99 from publishing to receipt: {SUBSCRIBERS} subscribers, {_RATE} updates a second",
    unit="ms",
    open=_open,
    base=ETCD,
    bars=(Bar("modeldex", 10, of="excess", to=ETCD, times=1.5),),
    rounds=5,
    optional={etcd.PROGRAM: (ETCD,)},
)
