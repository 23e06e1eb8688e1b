"""Reads of the catalogue's models through the cache, over a real PostgreSQL whose answers a proxy can slow or cut."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from modeldex.v1 import cache_pb2
from modeldex.v1 import invalidation_pb2 as invalidations
from modeldex.v1 import model_pb2 as pb
from modeldex_server.cache.models import ModelCache
from modeldex_server.cache.policies import Operation
from modeldex_server.cache.tiers import Key
from modeldex_server.catalogue.availability import Availability
from modeldex_server.catalogue.reading import Reader
from modeldex_server.errors import StoreUnavailable
from modeldex_server.ledger.changes import Committed
from modeldex_server.ledger.index import Index
from modeldex_server.ledger.ledger import Ledger
from modeldex_server.ledger.log import read_entries
from modeldex_server.ledger.versions import load_versions
from modeldex_server.security.scope import EVERYTHING
from modeldex_server.store.database import Database
from support.caches import Parts, models_over, parts
from support.checks import Catalogue
from support.entries import connected, slow_way
from support.models import plain
from support.proxies import Proxy
from support.waiting import eventually
from support.writes import save

_MANUAL = cache_pb2.CACHE_EVICTION_REASON_MANUAL
_SOFT, _HARD = invalidations.INVALIDATION_MODE_SOFT, invalidations.INVALIDATION_MODE_HARD
_ONE = invalidations.InvalidationTarget(key="acme/one")
_TAG = invalidations.InvalidationTarget(tags=invalidations.InvalidationTags(tags=["test"]))
# What lies in PostgreSQL as it should not, as after a repair by hand: only an invalidation makes copies of it go.
_REPAIR = "UPDATE model_version SET document = %s WHERE model_id = %s"


@dataclass
class Replica:
    """One replica: it reads through the proxy and writes past it."""

    ledger: Ledger
    index: Index
    cache: ModelCache
    own: Parts
    reader: Reader
    network: Proxy
    straight: Database
    loads: list[list[Key]] = field(default_factory=list)

    async def read(self, model_id: str = "acme/one") -> pb.Model:
        """As GetModel does."""
        return pb.Model.FromString(await self.reader.get(model_id, EVERYTHING))

    async def begin_to_read(self) -> asyncio.Task[pb.Model]:
        """A read that is under way: PostgreSQL has answered, and the answer is on its way."""
        loads = len(self.loads)
        task = asyncio.create_task(self.read())
        while len(self.loads) == loads:
            await asyncio.sleep(0)
        await eventually(self._is_answered, "the answer to be on its way")
        assert not task.done()
        return task

    async def _is_answered(self) -> bool:
        return self.network.late > 0

    async def repair(self, name: str) -> None:
        """Change what all versions of the model are, behind everybody's back."""
        document = plain("acme/one", name).SerializeToString()
        tables = Catalogue(self.straight.url)
        await asyncio.to_thread(tables.rewrite, _REPAIR, [document, "acme/one"])


@asynccontextmanager
async def _replica(url: str) -> AsyncIterator[Replica]:
    with slow_way(url) as (slow_url, network):
        straight, slow = Database(url, size=4), Database(slow_url, size=4)
        for database in (straight, slow):
            await database.open()
        await connected(slow)
        index, own = Index(), parts()
        index.load("epoch", 0, await read_entries(straight))
        loads: list[list[Key]] = []

        async def load(keys: Sequence[Key]) -> dict[Key, bytes]:
            loads.append(list(keys))
            return await load_versions(slow, keys)

        cache = models_over(load, own)

        def committed(done: Committed) -> None:
            cache.put(done.written, Operation.MANUAL)
            index.put(done.changed)

        reader = Reader(index, cache, Availability(), straight)
        ledger = Ledger(straight, committed)
        try:
            yield Replica(ledger, index, cache, own, reader, network, straight, loads)
        finally:
            network.restore()
            network.delay = 0
            for database in (straight, slow):
                await database.close()


@pytest.fixture
async def replica(database_url: str) -> AsyncIterator[Replica]:
    """A replica of a catalogue of one model, which it holds no copy of."""
    async with _replica(database_url) as replica:
        await save(replica.ledger, plain("acme/one", "1"))
        replica.cache.clear()
        yield replica


@pytest.mark.parametrize("leave", [False, True], ids=["all stay", "half leave"])
async def test_a_stampede_is_one_load(replica: Replica, leave: bool) -> None:
    """one load: 1,000 read a cold model at once, half of them go away at random, the first among them: PostgreSQL is
    asked once, the others succeed, and so does everybody after."""
    chance = random.Random(17)
    replica.network.delay = 3.0
    readers = [asyncio.create_task(replica.read()) for _ in range(1000)]
    await asyncio.sleep(0.01)
    gone = {0, *chance.sample(range(1000), 500)} if leave else set()
    for number in gone:
        readers[number].cancel()
        if number % 50 == 0:
            await asyncio.sleep(0.001)
    answers = await asyncio.gather(*readers, return_exceptions=True)
    assert all(isinstance(answers[number], asyncio.CancelledError) for number in gone)
    stayed = [answer for number, answer in enumerate(answers) if number not in gone]
    assert all(isinstance(answer, pb.Model) and answer.display_name == "1" for answer in stayed)
    assert len(await asyncio.gather(*(replica.read() for _ in range(100)))) == 100
    assert len(replica.loads) == 1
    assert replica.own.statistics.misses == len(stayed)


async def test_a_slow_load_never_brings_the_old_version_back(replica: Replica) -> None:
    """late fills: what was read before a write, and comes seconds after it was acknowledged, is given to who waited
    for it, and to nobody else."""
    replica.network.delay = 3.0
    before = await replica.begin_to_read()
    await save(replica.ledger, plain("acme/one", "2"))
    assert (await replica.read()).display_name == "2"
    assert not before.done()
    assert (await before).display_name == "1"
    assert (await replica.read()).display_name == "2"
    replica.own.memory.drop("catalogue", "acme/one", _MANUAL)
    assert (await replica.read()).display_name == "2"


@pytest.mark.parametrize("target", [_ONE, _TAG], ids=["key", "tag"])
async def test_nobody_who_asks_after_an_invalidation_gets_a_fill_from_before(
    replica: Replica, target: invalidations.InvalidationTarget
) -> None:
    """late fills: a hard invalidation during a slow load: who asks after it is acknowledged waits for another one."""
    replica.network.delay = 3.0
    before = await replica.begin_to_read()
    await replica.repair("repaired")
    replica.own.invalidate(target)
    after = [asyncio.create_task(replica.read()) for _ in range(50)]
    assert (await before).display_name == "1"
    assert {model.display_name for model in await asyncio.gather(*after)} == {"repaired"}
    assert len(replica.loads) == 2
    replica.network.delay = 0
    assert (await replica.read()).display_name == "repaired"


async def test_stale_is_said_and_only_where_nothing_better_comes(replica: Replica) -> None:
    """soft and hard: a copy that was invalidated softly is answered where PostgreSQL is away or takes over 0.3 s, and
    says so; else there is a new one; and one that was invalidated hard is answered never."""
    await replica.read()
    await replica.repair("repaired")
    replica.own.invalidate(_TAG, mode=_SOFT)
    replica.network.interrupt()
    found = await replica.reader.find("acme/one", EVERYTHING)
    assert (pb.Model.FromString(found.data).display_name, found.stale) == ("1", True)
    batch = await replica.reader.get_batch(["acme/one"], EVERYTHING)
    assert batch["acme/one"].stale
    replica.network.restore()
    await _until_reached(replica)
    found = await replica.reader.find("acme/one", EVERYTHING)
    assert (pb.Model.FromString(found.data).display_name, found.stale) == ("repaired", False)

    replica.own.invalidate(_TAG, mode=_SOFT)
    replica.network.delay = 6.0
    began = time.monotonic()
    found = await replica.reader.find("acme/one", EVERYTHING)
    assert found.stale
    assert 0.25 < time.monotonic() - began < 4
    replica.own.invalidate(_TAG)
    replica.network.delay = 0
    replica.network.interrupt()
    with pytest.raises(StoreUnavailable):
        await replica.reader.find("acme/one", EVERYTHING)


async def _until_reached(replica: Replica) -> None:
    """Until the pool has found its way back to PostgreSQL."""
    while True:
        try:
            await replica.cache.reload([("acme/one", 1)])
        except StoreUnavailable:
            await asyncio.sleep(0.05)
        else:
            return


async def test_what_is_held_is_answered_without_postgresql(replica: Replica) -> None:
    """Models that memory holds it answers on, for a version never changes; others fail."""
    await save(replica.ledger, plain("acme/two", "2"))
    await replica.read()
    replica.cache.memory.drop("catalogue", "acme/two", _MANUAL)
    replica.network.interrupt()
    for _ in range(100):
        assert (await replica.read()).display_name == "1"
    with pytest.raises(StoreUnavailable):
        await replica.read("acme/two")


async def test_a_reader_never_goes_back(replica: Replica) -> None:
    """read your write, never back: while copies are dropped, invalidated and cleared at random and loads are slow,
    every read gives at least what was acknowledged before it began, and what one caller sees only goes forward."""
    chance = random.Random(23)
    ids = [f"acme/m{number}" for number in range(4)]
    await save(replica.ledger, *(plain(model_id, "0") for model_id in ids))
    acknowledged = dict.fromkeys(ids, 1)
    ends = time.monotonic() + 4
    reads = 0

    def goes_on() -> bool:
        return time.monotonic() < ends or reads <= 200 or min(acknowledged.values()) <= 3

    async def write() -> None:
        while goes_on():
            model_id = chance.choice(ids)
            done = await save(replica.ledger, plain(model_id, str(chance.random())))
            acknowledged[model_id] = done.changed[0].version
            await asyncio.sleep(chance.random() * 0.01)

    async def disturb() -> None:
        while goes_on():
            key = invalidations.InvalidationTarget(key=chance.choice(ids))
            match chance.randrange(4):
                case 0:
                    replica.cache.clear()
                case 1:
                    replica.own.memory.drop("catalogue", key.key, _MANUAL)
                case _:
                    replica.own.invalidate(chance.choice([key, _TAG]), mode=chance.choice([_SOFT, _HARD]))
            replica.network.delay = chance.choice([0, 0, 0.01, 0.05])
            await asyncio.sleep(chance.random() * 0.02)

    async def read() -> None:
        nonlocal reads
        seen = dict.fromkeys(ids, 0)
        while goes_on():
            model_id = chance.choice(ids)
            least = max(acknowledged[model_id], seen[model_id])
            version = (await replica.read(model_id)).version
            assert version >= least, f"{model_id} went back from {least} to {version}"
            seen[model_id], reads = version, reads + 1
            await asyncio.sleep(0)

    await asyncio.gather(write(), disturb(), *(read() for _ in range(8)))
