"""Faults: what happens to replicas, their store and their networks, one after the other, in an order of chance."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from modeldex_server.ledger.compaction import Compactor, Retention
from modeldex_server.store.database import Database
from support.robustness import history as was
from support.robustness.probes import probe
from support.robustness.stage import Replica, Stage
from support.robustness.truth import Truth

_REST = 1.0  # seconds between two
_KEPT = 100  # revisions, where the log forgets the others
# Those that listen.
_DEAFEN = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND (query LIKE 'LISTEN%' OR query = 'SELECT 1')"""

Fault = Callable[[], Awaitable[object]]
Chosen = tuple[str, Sequence[int], Fault]


class Faults:
    """Breaks something, repairs it, rests, and breaks something else."""

    def __init__(self, stage: Stage, truth: Truth) -> None:
        self._stage = stage
        self._truth = truth
        self._chance: random.Random = stage.chance("faults")
        self.each_came = asyncio.Event()  # a run is over no sooner, however slow the machine is

    async def run(self) -> None:
        """Break and repair until writers are to end. Each fault comes before any comes again."""
        while not self._stage.ending.is_set():
            deck = self.deck()
            self._chance.shuffle(deck)
            for what, replicas, fault in deck:
                await asyncio.sleep(_REST)
                if self._stage.ending.is_set():
                    return
                began = self._stage.history.now
                await fault()
                self._stage.history.add(was.Broke(began, self._stage.history.now, what, list(replicas)))
            self.each_came.set()

    def deck(self) -> list[Chosen]:
        """What is to happen: what it is called, the replicas that it concerns, and how."""
        both = self._stage.replicas
        one, other = self._chance.sample(both, 2)
        return [
            ("killed", [one.number], lambda: self._kill(one)),
            ("drained", [other.number], lambda: self._drain(other)),
            ("frozen", [one.number], lambda: self._freeze(one)),
            ("deaf", [0, 1], self._deafen),
            ("store away", [other.number], lambda: self._without_store([other])),
            ("stores away", [0, 1], lambda: self._without_store(both)),
            ("clients cut", [0, 1], lambda: self._cut([replica.clients.cut for replica in both])),
            ("stores cut", [0, 1], lambda: self._cut([replica.store.cut for replica in both])),
            ("Redis away", [0, 1], self._without_redis),
            ("log compacted", [], self._compact),
            ("log compacted", [], self._compact),
        ]

    async def _kill(self, replica: Replica) -> None:
        replica.server.kill()
        await self._pass(0.2, 1)
        await asyncio.to_thread(replica.server.start)

    async def _drain(self, replica: Replica) -> None:
        await asyncio.to_thread(replica.server.end)
        await asyncio.to_thread(replica.server.start)

    async def _freeze(self, replica: Replica) -> None:
        os.kill(replica.server.pid, signal.SIGSTOP)
        await self._pass(2, 5)
        os.kill(replica.server.pid, signal.SIGCONT)

    async def _deafen(self) -> None:
        for _ in range(20):
            await asyncio.to_thread(self._stage.tables.rows, _DEAFEN)
            await asyncio.sleep(0.1)

    async def _without_store(self, replicas: Sequence[Replica]) -> None:
        for replica in replicas:
            await asyncio.to_thread(replica.store.interrupt)
        await self._pass(1, 3)
        for replica in replicas:
            replica.store.restore()

    async def _cut(self, cuts: Sequence[Callable[[], None]]) -> None:
        for cut in cuts:
            await asyncio.to_thread(cut)

    async def _without_redis(self) -> None:
        await asyncio.to_thread(self._stage.redis.kill)
        await self._pass(1, 2)
        await asyncio.to_thread(self._stage.redis.start)

    async def _compact(self) -> None:
        """Forget all but the newest revisions, and look at the edge."""
        if edge := await compact(self._stage, self._truth, keep=_KEPT):
            await probe(self._stage, edge)

    async def _pass(self, least: float, most: float) -> None:
        await asyncio.sleep(self._chance.uniform(least, most))


async def compact(stage: Stage, truth: Truth, *, keep: int, younger: timedelta = timedelta(0)) -> int:
    """Let the log forget all but the newest revisions, and those that are younger, once they were written down; the
    revision that it forgot up to."""
    await truth.tell()
    at = stage.history.now
    database = Database(stage.tables.url, size=1)
    await database.open()
    try:
        await Compactor(database, Retention(younger, keep)).compact()
    finally:
        await database.close()
    edge = await asyncio.to_thread(lambda: stage.tables.compacted)
    stage.history.add(was.Compacted(at, edge))
    assert edge <= truth.revision, f"the log forgot {edge}, which was not written down"
    return edge
