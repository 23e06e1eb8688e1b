"""What subscribers that never read cost a healthy one: its p99 with none, one and 500 of them, by turns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

from benchmarks import feed
from benchmarks.case import Bar, Case, Plan
from benchmarks.cases.feed_latency import Call, latencies
from benchmarks.receiver import Receiver, Subscription
from benchmarks.rounds import Reading, Turn
from benchmarks.service import Service

_RATE = 100
_SECONDS = 3  # as many times as long as a turn usually lasts: a p99 needs its hundreds
_MANY = 500
# More than HTTP/2 takes of a stream that nobody reads, so that its next message has to wait.
_FILLING, _BATCH = 400, 20


@contextmanager
def _open(plan: Plan) -> Iterator[Mapping[str, Turn]]:
    with feed.quiet() as service:
        watch = Subscription(service.address, feed.WATCH, (feed.watch_request().hex(),), 1, stamps=True)
        publish: Call = service.channel.unary_unary(feed.PUBLISH)
        healthy = latencies(watch, service.pid, publish, feed.publish_request, _RATE, plan.seconds * _SECONDS)
        yield {
            "alone": healthy,
            "beside 1": _beside(service, 1, healthy),
            f"beside {_MANY}": _beside(service, _MANY, healthy),
        }


def _beside(service: Service, count: int, healthy: Turn) -> Turn:
    watch = feed.watch_request().hex()

    def turn() -> Reading:
        with ExitStack() as stack:
            stack.enter_context(Receiver(Subscription(service.address, feed.WATCH, (watch,), count, read=False)))
            fill(service)
            return healthy()

    return turn


def fill(service: Service) -> None:
    """Publish until no stream takes any more that nobody reads."""
    request = feed.publish_request(_BATCH)
    for _ in range(_FILLING // _BATCH):
        service.raw(feed.PUBLISH, request, 30)


CASE = Case(
    name="slow_subscriber",
    title=f"p99 from publishing to receipt of one subscriber, beside others that never read; {_RATE} updates a second",
    unit="ms",
    open=_open,
    base="alone",
    bars=(Bar("beside 1", 1.1, of="ratio"), Bar(f"beside {_MANY}", 1.1, of="ratio")),
    rounds=4,
)
