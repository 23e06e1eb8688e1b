"""How many updates a second reach 500 subscribers of one process, beside etcd's watch and a bare server that writes the
same bytes.

One receiver serves all three. Each is kept as busy as it goes: the feed by batches that are published, etcd by puts
below the prefix that is watched, the bare server by itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from shutil import which

from benchmarks import etcd, feed
from benchmarks.bare_feed import FLOOD, BareFeed
from benchmarks.case import Bar, Case, Plan
from benchmarks.h2load import kept_busy
from benchmarks.marks import stamp
from benchmarks.process import cpu_seconds
from benchmarks.receiver import NotReceivingError, Receiver, Subscription
from benchmarks.rounds import Reading, Turn

SUBSCRIBERS = 500
_BATCH = 100  # updates in a revision, and in a message of the bare server
_CALLS = 8  # of publishing, at a time
_PUTS = 256  # at a time: with more, etcd delivers no more
_WARM_UP = 0.7
_MARK = stamp(0)
ETCD = "etcd watch"

Busy = Callable[[], AbstractContextManager[None]]


@contextmanager
def _open(plan: Plan) -> Iterator[Mapping[str, Turn]]:
    with ExitStack() as stack:
        service = stack.enter_context(feed.quiet())
        bare = stack.enter_context(BareFeed(feed.message_of(service, _BATCH, _MARK)))
        watch = feed.watch_request().hex()
        publish = feed.publish_request(_BATCH, _MARK)
        turns = {
            "bare grpc.aio": _deliveries(_all_of(bare.address, FLOOD, ""), bare.pid, nullcontext, plan),
            "modeldex": _deliveries(
                _all_of(service.address, feed.WATCH, watch),
                service.pid,
                lambda: kept_busy(service.address, feed.PUBLISH, publish, at_a_time=_CALLS),
                plan,
            ),
        }
        if which(etcd.PROGRAM):
            store = stack.enter_context(etcd.Etcd())
            put = etcd.put_request(etcd.value(feed.EVENT_BYTES, _MARK))
            turns[ETCD] = _deliveries(
                _all_of(store.address, etcd.WATCH, etcd.watch_request().hex(), half_closed=False),
                store.pid,
                lambda: kept_busy(store.address, etcd.PUT, put, at_a_time=_PUTS),
                plan,
            )
        yield turns


def _all_of(address: str, path: str, request: str, *, half_closed: bool = True) -> Subscription:
    return Subscription(address, path, (request,), SUBSCRIBERS, half_closed=half_closed)


def _deliveries(subscription: Subscription, pid: int, busy: Busy, plan: Plan) -> Turn:
    def turn() -> Reading:
        with Receiver(subscription) as receiver, busy():
            time.sleep(_WARM_UP)
            before = cpu_seconds(pid)
            received = receiver.during(plan.seconds)
            used = cpu_seconds(pid) - before
        if not received.events:
            raise NotReceivingError("nothing came")
        beside = {
            "server cores": used / received.seconds,
            "receiver cores": received.own_seconds / received.seconds,
            "MB/s": received.size / received.seconds / 1e6,
        }
        return Reading(received.rate, beside)

    return turn


CASE = Case(
    name="fan_out",
    title=f"updates of {feed.EVENT_BYTES} bytes to {SUBSCRIBERS} subscribers of one process",
    unit="deliveries/s",
    open=_open,
    base="bare grpc.aio",
    bars=(
        Bar("modeldex", 1.0, at_least=True, of="ratio", to=ETCD),
        Bar("modeldex", 0.7, at_least=True, of="ratio", to="bare grpc.aio"),
    ),
    rounds=5,
    tools=("h2load",),
    optional={etcd.PROGRAM: (ETCD,)},
)
