"""How long a change takes to a subscriber of another replica, with hints that something came and with all of them lost.

From the call that publishes it, so that the commit is part of it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import psycopg

from benchmarks import feed
from benchmarks.case import Bar, Case, Plan
from benchmarks.cases.feed_latency import Call, latencies
from benchmarks.postgres import DATABASE, connect
from benchmarks.receiver import Subscription
from benchmarks.rounds import Reading, Turn

_RATE = 20
_SECONDS = 4  # as many times as long as a turn usually lasts
_KILLS = 0.05  # seconds between
# Who listens, and as a replica looks whether its connection still lives. It connects again after a second.
_KILL = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE pid <> pg_backend_pid() AND (query LIKE 'LISTEN%' OR query = 'SELECT 1')"""


@contextmanager
def _open(plan: Plan) -> Iterator[Mapping[str, Turn]]:
    with feed.pair() as (first, second), connect(first.data, DATABASE) as connection:
        watch = Subscription(second.address, feed.WATCH, (feed.watch_request().hex(),), 1, stamps=True)
        publish: Call = first.channel.unary_unary(feed.PUBLISH)
        hinted = latencies(watch, second.pid, publish, feed.publish_request, _RATE, plan.seconds * _SECONDS)
        yield {"with hints": hinted, "every hint killed": lambda: _without_hints(connection, hinted)}


def _without_hints(connection: psycopg.Connection, turn: Turn) -> Reading:
    over = threading.Event()

    def kill() -> None:
        while not over.wait(_KILLS):
            connection.execute(_KILL)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        return turn()
    finally:
        over.set()
        killer.join()
        over.wait(1.5)  # until it listens again


CASE = Case(
    name="replicas",
    title=f"p99 from publishing on one replica to receipt from another, {_RATE} updates a second",
    unit="ms",
    open=_open,
    bars=(Bar("with hints", 50), Bar("every hint killed", 600)),
    rounds=4,
)
