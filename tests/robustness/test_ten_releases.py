"""Ten releases of a real catalogue, refreshed one after the other: what was true at each, what broke between them, and
a rollback that refreshes do not undo; all by a reading of the files that is not the server's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import history_pb2, model_pb2, update_pb2
from modeldex.v1 import history_service_pb2 as history
from modeldex.v1 import subscriber_service_pb2 as subscriber
from modeldex_server.ledger.documents import canonical
from support.breaking import breaking
from support.reading import Document, document_of, read
from support.releases import TEN_RELEASES
from support.replay import MODEL, SOUND, STRANGE, Replay, replaying

# Models whose price and limits are others in later releases than in the first; nobody rolls them back.
WATCHED = ("openrouter/stepfun/step-3.5-flash", "openrouter/qwen/qwen3.6-35b-a3b", "google/gemini-embedding-001")
FACTS = ("prices", "context_window", "max_input_tokens", "max_output_tokens")
HELD = range(STRANGE, STRANGE + 4)  # releases through which the rollback is in force
EVERYTHING = discovery.ModelFilter(include_unlisted=True, lifecycle_stages=model_pb2.LifecycleStage.values())
DRIFT = update_pb2.OPERATION_UPDATE_TYPE_UPSTREAM_DRIFT


@pytest.fixture(scope="module")
def bodies(pytestconfig: pytest.Config) -> list[bytes]:
    """The releases' files. They are kept in pytest's cache."""
    assert pytestconfig.cache is not None
    folder = pytestconfig.cache.mkdir("releases")
    return [release.snapshot(folder) for release in TEN_RELEASES]


@pytest.mark.timeout(300)  # the first run downloads them
async def test_ten_releases(bodies: list[bytes], tmp_path: Path) -> None:
    """as it was, rolled forward, four eyes, rollback survives refresh, drift is told: over ten releases of one
    catalogue."""
    files = [read(body) for body in bodies]
    async with replaying(tmp_path, bodies[0]) as replay:
        for body in bodies[1 : STRANGE + 1]:
            await replay.release(body)
        executed = await check_rollback(replay, files)
        for body in bodies[STRANGE + 1 : HELD.stop]:
            await replay.release(body)
            served = (await replay.ask("alice", discovery.GetModelRequest(id=MODEL))).model
            assert (served.version, document_of(served)) == (executed, files[SOUND][MODEL])
        await check_unpinned(replay, files[HELD.stop - 1])
        for body in bodies[HELD.stop :]:
            await replay.release(body)
        await check_past(replay, files)
        await check_lists(replay, files)
        await check_breaking(replay, files)
        await check_drift(replay)


async def check_rollback(replay: Replay, files: list[dict[str, Document]]) -> int:
    """Facts that cannot be are put back by two principals; the version that this made."""
    strange = (await replay.ask("alice", discovery.GetModelRequest(id=MODEL))).model
    assert (document_of(strange), strange.prices["input"].amount) == (files[STRANGE][MODEL], "0")
    rollback = await replay.put_back(MODEL, strange.version - 1)
    assert rollback.state == history_pb2.ROLLBACK_STATE_EXECUTED
    assert [one.principal for one in rollback.decisions] == ["bob"]
    broken = {entry.change.path for entry in rollback.diff.entries if entry.change_class == 1}
    assert {(MODEL, path) for path in broken} == breaking({MODEL: files[STRANGE][MODEL]}, {MODEL: files[SOUND][MODEL]})
    target, made = [
        (await replay.ask("bob", history.GetModelVersionRequest(model_id=MODEL, version=version))).version
        for version in (strange.version - 1, rollback.executed_version)
    ]
    assert made.document_hash == target.document_hash
    assert canonical(made.model) == canonical(target.model)
    return rollback.executed_version


async def check_unpinned(replay: Replay, file: dict[str, Document]) -> None:
    """After three refreshes one pin holds it still; without it what the source says is served."""
    pins = (await replay.ask("alice", history.ListModelPinsRequest())).pins
    assert [(pin.model_id, pin.path, pin.principal) for pin in pins] == [(MODEL, "", "alice")]
    answer = await replay.ask("alice", history.UnpinModelRequest(model_id=MODEL, reason="Their list is mended."))
    assert (document_of(answer.model), list(answer.pins)) == (file[MODEL], [])


async def check_past(replay: Replay, files: list[dict[str, Document]]) -> None:
    """Price and limits as of each refresh, by revision and by time, of models that changed and of the one put back."""
    for model_id in (MODEL, *WATCHED):
        said = [{name: file[model_id].get(name) for name in FACTS} for file in files]
        assert said[0] != said[-1], f"{model_id} never changed"
        for at, refreshed in enumerate(replay.refreshed):
            wanted = said[SOUND] if model_id == MODEL and at in HELD[1:] else said[at]
            by_revision = discovery.GetModelRequest(id=model_id, as_of_revision=refreshed.revision)
            by_time = discovery.GetModelRequest(id=model_id)
            by_time.as_of_time.FromDatetime(refreshed.time)
            for request in (by_revision, by_time):
                document = document_of((await replay.ask("bob", request)).model)
                assert {name: document.get(name) for name in FACTS} == wanted, (model_id, at)


async def check_lists(replay: Replay, files: list[dict[str, Document]]) -> None:
    """All models as of some refreshes, those among them that went since."""
    for at in (0, SOUND, STRANGE, len(files) - 1):
        request = discovery.ListModelsRequest(
            as_of_revision=replay.refreshed[at].revision, filter=EVERYTHING, page_size=500
        )
        listed = {model.id: document_of(model) async for model in paged(replay, request, "models")}
        assert {id for id in listed.keys() | files[at].keys() if listed.get(id) != files[at].get(id)} == set(), at


async def check_breaking(replay: Replay, files: list[dict[str, Document]]) -> None:
    """The breaking changes between two releases are those that the files have, each in its refresh."""
    found: dict[int, set[tuple[str, str]]] = {at: set() for at in range(1, len(files))}
    wanted = history.ModelChangeFilter(
        after_revision=replay.refreshed[0].revision,
        up_to_revision=replay.refreshed[-1].revision,
        change_classes=[history_pb2.CHANGE_CLASS_BREAKING],
        principals=["discovery"],
    )
    async for change in paged(replay, history.ListModelChangesRequest(filter=wanted, page_size=20), "changes"):
        at = next(at for at, one in enumerate(replay.refreshed) if change.revision <= one.revision)
        paths = {(change.model_id, entry.change.path) for entry in change.entries}
        assert not paths & found[at]
        found[at] |= paths
        assert {entry.change_class for entry in change.entries} == {history_pb2.CHANGE_CLASS_BREAKING}
    assert found == {at: breaking(*two) for at, two in enumerate(pairwise(files), start=1)}
    assert sum(len(one) for one in found.values()) > 50


async def check_drift(replay: Replay) -> None:
    """That the source says otherwise was told with the rollback, once: it never said anything else."""
    request = subscriber.WatchRequest(options=subscriber.WatchOptions(after_revision=0))
    call = replay.callers["bob"].open(request, timeout=60)
    told = []
    async for message in call:
        told += [one.operation for one in message.updates if one.operation.type == DRIFT]
        if message.revision >= replay.refreshed[-1].revision:
            break
    call.cancel()
    assert [one.model_id for one in told] == [MODEL]
    assert "prices" in told[0].metadata["paths"]


async def paged(replay: Replay, request: Any, name: str) -> AsyncIterator[Any]:
    """All pages of a list."""
    while True:
        answer = await replay.ask("bob", request)
        for one in getattr(answer, name):
            yield one
        request.page_token = answer.next_page_token
        if not request.page_token:
            return
