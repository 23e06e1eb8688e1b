"""Releases of a real catalogue, refreshed one after the other: a watch tells exactly how the files differ, by a reading
of them that is not the server's."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from modeldex.v1 import model_pb2
from modeldex.v1 import update_pb2 as pb
from modeldex_client import AsyncClient, AsyncReplica, ModelFilter, ReplicaChange
from support.api import connect
from support.proxies import proxy
from support.reading import SOURCE, Document, document_of, read
from support.records import BASE, MAPPED, NOT_MAPPED, changed, file_of
from support.releases import RELEASES
from support.servers import ServerProcess
from support.waiting import eventually
from support.watching import Recorder, from_now, place, watching

ADDED, CHANGED, REMOVED, CAPABILITIES_CHANGED = (
    pb.MODEL_UPDATE_TYPE_ADDED,
    pb.MODEL_UPDATE_TYPE_UPDATED,
    pb.MODEL_UPDATE_TYPE_REMOVED,
    pb.MODEL_UPDATE_TYPE_CAPABILITIES_CHANGED,
)
EVERYTHING = ModelFilter(include_unlisted=True, lifecycle_stages=model_pb2.LifecycleStage.values())
Documents = Mapping[str, Document]


@dataclass
class Releasing:
    """A server as a user starts it, whose catalogue is a file that is replaced, and a caller of it."""

    file: Path
    address: str
    client: AsyncClient
    stream: Recorder
    head: int  # the last revision

    async def release(self, body: bytes) -> tuple[list[pb.UpdateEvent], Counter[str]]:
        """Replace the file and refresh all providers: what the stream told, and what the results count."""
        before = len(self.stream.updates)
        self.file.write_bytes(body)
        counts: Counter[str] = Counter()
        async for result in self.client.providers.refresh_all():
            assert not result.errors
            assert not result.rejected_count
            counts += Counter(added=result.added_count, updated=result.updated_count, removed=result.removed_count)
            self.head = max(self.head, result.committed_revision)
        await self.stream.through(self.head)
        return self.stream.updates[before:], counts


@asynccontextmanager
async def releasing(folder: Path, first: bytes) -> AsyncIterator[Releasing]:
    """Serve a first release."""
    file = folder / "models.json"
    file.write_bytes(first)
    settings = {
        "MODELDEX_SOURCES__MODELS_DEV__ENABLED": "true",
        "MODELDEX_SOURCES__MODELS_DEV__FILE": str(file),
        "MODELDEX_DISCOVERY__REMOVAL_THRESHOLD": "1",
    }
    with ServerProcess(folder / "server", settings=settings) as server:
        address = server.start().address
        async with (
            connect(address) as api,
            watching(api, from_now()) as stream,
            AsyncClient(address, token="") as client,
        ):
            yield Releasing(file, address, client, stream, stream.revision)
        assert server.left_behind == []


@pytest.fixture(scope="module")
def bodies(pytestconfig: pytest.Config) -> list[bytes]:
    """The releases' files. They are kept in pytest's cache."""
    assert pytestconfig.cache is not None
    folder = pytestconfig.cache.mkdir("releases")
    return [release.snapshot(folder) for release in RELEASES]


@pytest.mark.timeout(300)  # the first run downloads them
async def test_releases_are_told_as_the_files_differ(bodies: list[bytes], tmp_path: Path) -> None:
    """reliable, silent no-op, resumable, converging: from release to release the stream tells exactly the models that
    came, went and changed in what we map, with both sides; and a client replica that is away during every second
    release misses nothing."""
    files = [read(body) for body in bodies]
    told: list[ReplicaChange] = []
    seen: Counter[int] = Counter()
    async with releasing(tmp_path, bodies[0]) as one:
        with proxy(one.address) as network:
            async with AsyncClient(network.address, token="") as client, client.replica(bookmark_interval=1) as replica:
                await replica.ready()
                assert unlike(replica.models, files[0]) == {}
                replica.on_change(told.append)
                for number, (before, after) in enumerate(pairwise(files)):
                    away = number % 2 == 0
                    network.interrupt() if away else network.cut()
                    updates, counts = await one.release(bodies[number + 1])
                    seen += check_told(updates, before, after, counts)
                    if away:
                        assert unlike(replica.models, before) == {}
                        network.restore()
                    await caught_up(replica, one.head)
                    assert unlike(replica.models, after) == {}
        models = [update for update in one.stream.updates if update.HasField("model")]
        assert [change.event and place(change.event) for change in told] == [place(update) for update in models]
        listed = {model.id: model async for model in one.client.models.list(EVERYTHING, min_revision=one.head)}
        assert unlike(listed, files[-1]) == {}
    assert all(seen[kind] >= 10 for kind in (ADDED, REMOVED, CHANGED)), seen


async def test_an_update_is_told_for_each_field_that_is_mapped_and_for_no_other(tmp_path: Path) -> None:
    """silent no-op: of records that each differ in one field from their last release, those are told whose field we
    map, and a change of spelling, order or of another field is none."""
    changes = [*MAPPED, *NOT_MAPPED]
    names = [f"{number}-{path}" for number, (path, _) in enumerate(changes)]
    first = dict.fromkeys(names, BASE)
    second = {name: changed(*change) for name, change in zip(names, changes, strict=True)}
    async with releasing(tmp_path, file_of(first)) as one:
        updates, counts = await one.release(file_of(second))
        check_told(updates, read(file_of(first)), read(file_of(second)), counts)
        ids = [update.model.model_id for update in updates if update.HasField("model")]
        assert sorted(ids) == sorted(f"acme/{name}" for name in names[: len(MAPPED)])


def check_told(
    updates: Sequence[pb.UpdateEvent], before: Documents, after: Documents, counts: Counter[str]
) -> Counter[int]:
    """Compare what was told with two files; how many models changed in which way."""
    told = [update.model for update in updates if update.HasField("model")]
    ids = before.keys() | after.keys()
    wanted = {id: kind for id in ids if (kind := type_of(before.get(id), after.get(id))) is not None}
    assert {update.model_id: update.type for update in told} == wanted
    assert len(told) == len(wanted)
    for update in told:
        check_sides(update, before, after)
    kinds: Counter[int] = Counter(CHANGED if kind == CAPABILITIES_CHANGED else kind for kind in wanted.values())
    assert counts == Counter(added=kinds[ADDED], updated=kinds[CHANGED], removed=kinds[REMOVED])
    assert {(update.principal, update.source_id) for update in updates} == {("discovery", SOURCE)}
    check_providers(updates, before, after, wanted)
    return kinds


def check_sides(update: pb.ModelUpdate, before: Documents, after: Documents) -> None:
    """An update brings the model as both files have it, and its changes are of the fields that differ."""
    old, new = before.get(update.model_id), after.get(update.model_id)
    assert (document_of(update.before) if update.HasField("before") else None) == old, update.model_id
    assert (document_of(update.after) if update.HasField("after") else None) == new, update.model_id
    parts = {change.path.partition("[")[0].partition(".")[0] for change in update.changes}
    assert parts == (differing(old, new) if old and new else set()), update.model_id


def check_providers(updates: Sequence[pb.UpdateEvent], before: Documents, after: Documents, ids: Iterable[str]) -> None:
    """A provider comes with its first model, goes with its last, and is refreshed where models of it changed."""
    told: dict[int, set[str]] = {}
    for update in updates:
        if update.HasField("provider"):
            told.setdefault(update.provider.type, set()).add(update.provider.provider_id)
    had, has = providers_of(before), providers_of(after)
    assert told == {
        kind: providers
        for kind, providers in (
            (pb.PROVIDER_UPDATE_TYPE_ADDED, has - had),
            (pb.PROVIDER_UPDATE_TYPE_REMOVED, had - has),
            (pb.PROVIDER_UPDATE_TYPE_MODELS_REFRESHED, providers_of(ids)),
        )
        if providers
    }


def type_of(before: Document | None, after: Document | None) -> int | None:
    """What happened to a model; None for nothing."""
    if before is None:
        return ADDED
    if after is None:
        return REMOVED
    parts = differing(before, after)
    if not parts:
        return None
    return CAPABILITIES_CHANGED if parts == {"capabilities"} else CHANGED


def differing(before: Document, after: Document) -> set[str]:
    """The fields that differ."""
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def providers_of(ids: Iterable[str]) -> set[str]:
    return {id.partition("/")[0] for id in ids}


def unlike(models: Mapping[str, model_pb2.Model], file: Documents) -> dict[str, set[str]]:
    """The models that are not as a file says, each with the fields that differ."""
    held = {id: document_of(model) for id, model in models.items()}
    found = {id: differing(held.get(id, {}), file.get(id, {})) for id in held.keys() | file.keys()}
    return {id: fields for id, fields in found.items() if fields}


async def caught_up(replica: AsyncReplica, revision: int) -> None:
    """Wait until a client replica is current through a revision."""

    async def is_current() -> bool:
        return replica.revision >= revision

    await eventually(is_current, f"a client replica to be through revision {revision}")
