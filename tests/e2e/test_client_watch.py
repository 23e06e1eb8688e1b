"""Watches and replicas of the Python client over networks and servers that fail, in both halves."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from modeldex_client import (
    AsyncClient,
    AsyncReplica,
    CapabilityUpdate,
    CapabilityUpdateType,
    Client,
    HistoryRewound,
    Interruption,
    Model,
    ModelFilter,
    ModelUpdate,
    ModelUpdateType,
    ReplicaChange,
    RevisionCompacted,
    UpdateEvent,
    UpdateTransition,
)
from support.checks import Catalogue
from support.models import new_id, plain
from support.pairs import Pair
from support.ports import free_port
from support.proxies import Proxy, proxy
from support.servers import ServerProcess
from support.waiting import until

CUTS = 50
_EVENTS = "SELECT revision, ordinal FROM update_event WHERE revision > %s AND revision <= %s ORDER BY 1, 2"

Place = tuple[int, int]
Follow = Callable[..., "Follower"]


class Follower:
    """A watch of all updates in a thread of its own, from a revision to another."""

    def __init__(self, target: str, since: int, **options: Any) -> None:
        self.places: list[Place] = []
        self.interruptions: list[Interruption] = []
        self.error: BaseException | None = None
        self.revision = since
        self.ending = 1 << 62
        self._target = target
        self._options = {"since": since, "bookmark_interval": 1, "on_interruption": self.interruptions.append} | options
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def through(self, revision: int) -> list[Place]:
        """Where the updates were that came up to a revision, once all did."""
        self.ending = revision
        until(lambda: self.error or self.revision >= revision, f"revision {revision}, not {self}", patience=60)
        self._thread.join(30)
        assert self.error is None, self.error
        return [place for place in self.places if place[0] <= revision]

    def _run(self) -> None:
        try:
            self.follow()
        except BaseException as error:
            self.error = error

    def follow(self) -> None:
        """With the sync client."""
        with Client(self._target, token="") as client, client.watch(**self._options) as watch:
            for message in watch.messages():
                if self._ends(message):
                    return

    def _ends(self, message: Any) -> bool:
        self.places += [(update.revision, update.ordinal) for update in message.updates]
        self.revision = message.revision
        return self.revision >= self.ending

    def __str__(self) -> str:
        return f"{self.revision}, interrupted by {self.interruptions[-2:]}"


class AsyncFollower(Follower):
    """The same with the async client."""

    def follow(self) -> None:
        asyncio.run(self._follow())

    async def _follow(self) -> None:
        async with AsyncClient(self._target, token="") as client, client.watch(**self._options) as watch:
            async for message in watch.messages():
                if self._ends(message):
                    return


@pytest.fixture(params=[Follower, AsyncFollower], ids=["sync", "async"])
def follow(request: pytest.FixtureRequest) -> Follow:
    return request.param  # type: ignore[no-any-return]


@contextmanager
def writing(*targets: str) -> Iterator[list[int]]:
    """Somebody saves and deletes models through one target after the other; gives the revisions."""
    revisions: list[int] = []
    ending = threading.Event()
    chance, ids = random.Random(7), [new_id() for _ in range(5)]

    def write() -> None:
        with ExitStack() as stack:
            clients = [stack.enter_context(Client(target, token="")) for target in targets]
            for id in ids:
                clients[0].models.save(plain(id, "begin"))
            while not ending.is_set():
                client, id = chance.choice(clients), chance.choice(ids)
                revisions.append(client.models.save(plain(id, f"{chance.random()}")).revision)
                if chance.random() < 0.1:
                    revisions.append(client.models.delete(id).revision)

    thread = threading.Thread(target=write, daemon=True)
    thread.start()
    try:
        yield revisions
    finally:
        ending.set()
        thread.join(30)
        assert not thread.is_alive()


@pytest.fixture
def proxies(pair: Pair) -> Iterator[list[Proxy]]:
    """One before each server."""
    with proxy(pair.first.address) as first, proxy(pair.second.address) as second:
        yield [first, second]


def both(proxies: list[Proxy]) -> str:
    return "ipv4:" + ",".join(one.address for one in proxies)


@pytest.fixture
def replicas(database_url: str, tmp_path: Path) -> Iterator[list[ServerProcess]]:
    """Two servers that keep their addresses, as behind one name."""
    Catalogue(database_url).run("UPDATE discovery_state SET running = false")
    first, second = (
        ServerProcess(tmp_path / name, database_url=database_url, listen=f"127.0.0.1:{free_port()}")
        for name in ("first", "second")
    )
    with first.launch(), second.launch():
        yield [first.wait_until_ready(), second.wait_until_ready()]


def test_no_update_is_lost_or_repeated_over_random_cuts(pair: Pair, proxies: list[Proxy], follow: Follow) -> None:
    """resumable, unique, reliable: while somebody writes and connections to two replicas are cut at random, every
    update comes once, in order."""
    chance, start = random.Random(11), pair.catalogue.head
    follower = follow(both(proxies), start)
    with writing(pair.first.address, pair.second.address) as revisions:
        for _ in range(CUTS):
            until(lambda: any(one.open for one in proxies), "a connection")
            threading.Event().wait(chance.uniform(0, 0.15))
            for one in chance.sample(proxies, chance.choice([1, 2])):
                one.cut()
        # On a slow machine most of them met no stream: it had not begun again.
        while len(follower.interruptions) < CUTS / 3:
            until(lambda seen=follower.revision: follower.revision > seen, f"the watch to go on, not {follower}")  # type: ignore[misc]
            for one in proxies:
                one.cut()
        until(lambda: len(revisions) > 100, "enough to be written")
    last = revisions[-1]
    came = follower.through(last)
    assert came == [*map(tuple, pair.catalogue.rows(_EVENTS, [start, last]))]
    assert len(came) > 100


def test_a_killed_replica_costs_no_update(replicas: list[ServerProcess], follow: Follow) -> None:
    """resumable on any replica: the one with the stream is killed, later started, and the other is killed."""
    catalogue = Catalogue(replicas[0].settings["MODELDEX_DATABASE_URL"])
    target = "ipv4:" + ",".join(server.listen for server in replicas)
    follower = follow(target, 0)
    with Client(target, token="") as client:
        id = new_id()
        for server in replicas:
            for number in range(20):
                client.models.save(plain(id, f"{server.listen} {number}"))
            until(lambda: follower.revision >= client.revision, f"the watch to follow, not {follower}")
            server.kill()
            for number in range(20):
                client.models.save(plain(id, f"without {server.listen} {number}"))
            server.start()
        last = client.revision
    assert follower.through(last) == [*map(tuple, catalogue.rows(_EVENTS, [0, last]))]


def test_a_server_that_drains_hands_its_watches_over(replicas: list[ServerProcess], follow: Follow) -> None:
    """going away: the watch moves to the other replica, is told why, and loses nothing."""
    target = "ipv4:" + ",".join(server.listen for server in replicas)
    assert replicas[1].end() == 0  # so that the watch begins with the other, were that ever so slow
    follower = follow(target, 0)
    with Client(target, token="") as client:
        id = new_id()
        client.models.save(plain(id, "One"))
        until(lambda: follower.revision >= client.revision, "the watch to begin")
        replicas[1].start()
        assert replicas[0].end() == 0
        client.models.save(plain(id, "Two"))
        places = follower.through(client.revision)
    assert len({revision for revision, _ in places}) == client.revision
    assert follower.interruptions[0].reason == "The server is shutting down."
    assert follower.interruptions[0].error is None


def test_a_silent_connection_is_left(pair: Pair, follow: Follow) -> None:
    """A network that swallows everything without ending a connection is found out after three intervals of bookmarks,
    and a connection of its own gets through."""
    with proxy(pair.first.address) as one:
        follower = follow(one.address, pair.catalogue.head)
        with Client(pair.first.address, token="") as client:
            client.models.save(plain(new_id()))
            until(lambda: follower.revision >= client.revision, "the watch to begin")
            one.silence()
            client.models.save(plain(new_id()))
            until(lambda: follower.revision >= client.revision, "a fresh connection", patience=15)
            follower.through(client.revision)
    assert "Nothing came from" in follower.interruptions[0].reason


def test_a_place_that_the_log_forgot_is_an_error(replicas: list[ServerProcess], follow: Follow) -> None:
    """A plain watch raises REVISION_COMPACTED; one with a snapshot begins with that."""
    id = new_id()
    with Client(replicas[0].listen, token="") as client:
        for number in range(5):
            client.models.save(plain(id, str(number)))
        last = client.revision
        _forget(replicas, last)
        with pytest.raises(RevisionCompacted) as caught:
            next(client.watch(since=1))
        assert caught.value.metadata == {"revision": "1", "compacted_revision": str(last)}
        follower = follow(replicas[0].listen, 1)
        until(lambda: follower.error, "the error")
        assert isinstance(follower.error, RevisionCompacted)
        with client.watch(since=1, snapshot=True) as watch:
            entered = next(watch)
        assert (entered.model.model_id, entered.model.after.display_name) == (id, "4")
        assert entered.transition == UpdateTransition.UPDATE_TRANSITION_ENTERED


def _forget(replicas: list[ServerProcess], revision: int) -> None:
    """Compact the log up to a revision, and start the servers anew, so that none remembers it."""
    catalogue = Catalogue(replicas[0].settings["MODELDEX_DATABASE_URL"])
    for server in replicas:
        assert server.end() == 0
    catalogue.run("UPDATE ledger_head SET compacted = %s", [revision])
    catalogue.run("DELETE FROM update_event WHERE revision <= %s", [revision])
    for server in replicas:
        server.start()


def test_a_replica_that_was_away_too_long_takes_a_new_snapshot(replicas: list[ServerProcess], proxy_one: Proxy) -> None:
    """What it missed is told as changes: a model that went, one that came, one that changed, and no other."""
    went, came, stayed, changed = (new_id() for _ in range(4))
    with Client(replicas[0].listen, token="") as writer, Client(proxy_one.address, token="") as client:
        for id in (went, stayed, changed):
            writer.models.save(plain(id, "One"))
        with client.replica(bookmark_interval=1) as replica:
            replica.ready()
            told: list[ReplicaChange] = []
            replica.on_change(told.append)
            before = replica.models
            _end_all(replicas)
            replicas[1].start()
            with Client(replicas[1].listen, token="") as other:
                other.models.delete(went)
                other.models.save(plain(came, "One"))
                other.models.save(plain(changed, "Two"))
                last = other.revision
            _forget(replicas, last)
            until(lambda: replica.revision >= last and len(told) >= 3, "the snapshot, and what it changes")
            assert {change.id: (change.before, change.after) for change in told} == {
                went: (before[went], None),
                came: (None, writer.models.get(came)),
                changed: (before[changed], writer.models.get(changed)),
            }
            assert all(change.event is None for change in told)


@pytest.fixture
def proxy_one(replicas: list[ServerProcess]) -> Iterator[Proxy]:
    """A proxy before the first of the replicas."""
    with proxy(replicas[0].listen) as one:
        yield one


def _end_all(replicas: list[ServerProcess]) -> None:
    for server in replicas:
        assert server.end() == 0


def test_a_rewound_history_ends_a_watch_and_renews_a_replica(replicas: list[ServerProcess], follow: Follow) -> None:
    """no mixed histories: HISTORY_REWOUND is raised by a plain watch; a replica takes a new snapshot and follows."""
    catalogue = Catalogue(replicas[0].settings["MODELDEX_DATABASE_URL"])
    with Client(replicas[0].listen, token="") as client, client.replica(bookmark_interval=1) as replica:
        client.models.save(plain(new_id(), "One"))
        follower = follow(replicas[0].listen, 0)
        until(lambda: min(follower.revision, replica.revision) >= client.revision, "both to begin")
        catalogue.run("UPDATE ledger_head SET epoch = gen_random_uuid()")
        until(lambda: follower.error, "the watch to end")
        assert isinstance(follower.error, HistoryRewound)
        saved = until(lambda: _save(client, new_id()), "a save")
        assert until(lambda: replica.get(saved.id), "the replica to follow") == saved


def _save(client: Client, id: str) -> Any:
    return client.models.save(plain(id, "One")).model


FILTERS = {
    "all": None,
    "default": ModelFilter(),
    "tools": ModelFilter(capabilities_true=["function_calling"], min_context_window=100_000),
    "tags": ModelFilter(any_tags=["a", "b"], include_unlisted=True),
}


@pytest.mark.parametrize("half", ["sync", "async"])
async def test_a_replica_is_what_a_list_gives(pair: Pair, proxies: list[Proxy], half: str) -> None:
    """converging: after random changes that move models in and out, over cut connections, each replica equals
    ListModels with its filter."""
    await {"sync": _compare_sync, "async": _compare_async}[half](pair, proxies)


async def _compare_sync(pair: Pair, proxies: list[Proxy]) -> None:
    def compare() -> None:
        with ExitStack() as stack:
            client = stack.enter_context(Client(both(proxies), token=""))
            kept = {
                name: stack.enter_context(client.replica(one, bookmark_interval=1)) for name, one in FILTERS.items()
            }
            for replica in kept.values():
                replica.ready()
            with Client(pair.second.address, token="") as writer:
                shake(writer, proxies)
                for name, replica in kept.items():
                    until(lambda r=replica: r.revision >= writer.revision, f"{name} to follow", patience=30)  # type: ignore[misc]
                    assert replica.models == listed(writer, FILTERS[name]), name
                    assert replica.staleness < 10

    await asyncio.to_thread(compare)


async def _compare_async(pair: Pair, proxies: list[Proxy]) -> None:
    async with AsyncClient(both(proxies), token="") as client:
        kept = {name: await client.replica(one, bookmark_interval=1).open() for name, one in FILTERS.items()}
        for replica in kept.values():
            await replica.ready()
        with Client(pair.second.address, token="") as writer:
            await asyncio.to_thread(shake, writer, proxies)
            for name, replica in kept.items():
                await _follows(replica, writer.revision)
                assert replica.models == await asyncio.to_thread(listed, writer, FILTERS[name]), name
                await replica.close()


def shake(writer: Client, proxies: list[Proxy]) -> None:
    """Changes that move models in and out of the filters, and connections that are cut meanwhile."""
    chance, ids = random.Random(3), [new_id() for _ in range(12)]
    for number in range(150):
        id = chance.choice(ids)
        model = plain(id, f"{number}")
        model.context_window = chance.choice([8_000, 100_000, 200_000])
        model.tags[:] = chance.sample(["a", "b", "c"], chance.randint(0, 3))
        if chance.random() < 0.7:
            model.capabilities["function_calling"].flag = chance.random() < 0.7
        model.lifecycle.stage = chance.choice([3, 5])  # type: ignore[assignment]
        writer.models.save(model)
        if chance.random() < 0.15:
            writer.models.delete(id)
        if number % 10 == 9:
            chance.choice(proxies).cut()


def listed(client: Client, filter: ModelFilter | None) -> dict[str, Model]:
    """What a list gives; without its availability, which is that of a provider and not part of a version."""
    whole = ModelFilter(include_unlisted=True, lifecycle_stages=[0, 1, 2, 3, 4, 5]) if filter is None else filter
    models = list(client.models.list(whole, min_revision=client.revision))
    for model in models:
        model.ClearField("availability")
    return {model.id: model for model in models}


async def test_a_published_update_reaches_watches_and_changes_no_replica(pair: Pair) -> None:
    """external: it comes with its mark, takes a revision, and the copy stays as it is."""
    id = new_id()
    model = plain(id, "Told")
    async with AsyncClient(pair.first.address, token="") as client, client.replica(bookmark_interval=1) as replica:
        await replica.ready()
        await _follows(replica, pair.catalogue.head)  # what tests before this one wrote is none of its changes
        told: list[ReplicaChange] = []
        replica.on_change(told.append)
        async with client.watch(kinds=["model", "capability"]) as watch:
            capability = CapabilityUpdate(type=CapabilityUpdateType.CAPABILITY_UPDATE_TYPE_UPDATED, capability="vision")
            added = ModelUpdate(type=ModelUpdateType.MODEL_UPDATE_TYPE_ADDED, model_id=id, after=model)
            updates = [UpdateEvent(model=added), UpdateEvent(capability=capability), UpdateEvent()]
            answer = await client.publish(updates, reason="for a test")
            first, second = await anext(watch), await anext(watch)
        assert [len(result.problems) for result in answer.results] == [0, 0, 1]
        assert [(one.revision, one.external, one.reason) for one in (first, second)] == [
            (answer.revision, True, "for a test")
        ] * 2
        await _follows(replica, answer.revision)
        assert replica.get(id) is None
        assert [change.id for change in told] == []


async def _follows(replica: AsyncReplica, revision: int) -> None:
    async with asyncio.timeout(30):
        while replica.revision < revision:
            await asyncio.sleep(0.01)


async def test_what_was_given_is_not_given_again_to_another_process(pair: Pair) -> None:
    """The token of a watch moves with the updates that were taken, not with those that were received."""
    ids = [new_id() for _ in range(4)]
    async with AsyncClient(pair.first.address, token="") as client:
        start = pair.catalogue.head
        for id in ids:
            await client.models.save(plain(id))
        async with client.watch(ModelFilter(), since=start) as watch:
            assert [(await anext(watch)).model.model_id for _ in range(2)] == ids[:2]
            token = watch.resume_token
        async with client.watch(ModelFilter(), resume_token=token) as watch:
            rest = [(await anext(watch)).model.model_id]
            while rest[-1] != ids[-1]:
                rest.append((await anext(watch)).model.model_id)
    # Updates that came in one message are one step: where a part of them was taken, all come again.
    assert len(rest) >= 2
    assert rest == ids[-len(rest) :]


async def test_waiting_for_an_update_can_be_cancelled_again_and_again(pair: Pair) -> None:
    """Cancellation passes, and what came meanwhile is not lost with it."""
    id = new_id()
    async with AsyncClient(pair.first.address, token="") as client, client.watch(ModelFilter()) as watch:
        for _ in range(3):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await anext(watch)
        task = asyncio.create_task(anext(watch))  # type: ignore[arg-type]
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await client.models.save(plain(id))
        async with asyncio.timeout(20):
            while (await anext(watch)).model.model_id != id:
                pass
