"""Streams of two servers: what they bring, where they begin, how they continue."""

from __future__ import annotations

import asyncio
import random

from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import model_pb2, subscriber_service_pb2
from modeldex.v1 import update_pb2 as pb
from support.api import Api
from support.models import new_id, plain
from support.pairs import Pair
from support.watching import (
    Recorder,
    after,
    check_atomic,
    check_batched,
    check_consistent,
    check_converging,
    check_reaches,
    check_snapshot,
    check_stream,
    check_transitions,
    check_versions,
    delete,
    from_now,
    from_snapshot,
    history,
    listed,
    place,
    resuming,
    save,
    watching,
)


async def test_every_change_comes_with_before_and_after(api: Api) -> None:
    """ordered, unique, reliable: a model is added, changed, removed and comes back: four updates, each with what was
    before, what is after and what differs."""
    model_id = new_id()
    async with watching(api) as recorder:
        start = recorder.revision
        revisions = [
            await save(api, model_id, "One"),
            await save(api, model_id, "Two"),
            await delete(api, model_id),
            (await api.discovery.UndeleteModel(discovery.UndeleteModelRequest(id=model_id))).revision,
        ]
        await recorder.through(revisions[-1])
    told = [one for one in recorder.updates if one.model.model_id == model_id]
    assert [one.revision for one in told] == revisions
    assert [one.model.type for one in told] == [
        pb.MODEL_UPDATE_TYPE_ADDED,
        pb.MODEL_UPDATE_TYPE_UPDATED,
        pb.MODEL_UPDATE_TYPE_REMOVED,
        pb.MODEL_UPDATE_TYPE_ADDED,
    ]
    assert [(one.model.previous_version, one.model.version) for one in told] == [(0, 1), (1, 2), (2, 3), (3, 4)]
    changed = told[1]
    assert (changed.model.before.display_name, changed.model.after.display_name) == ("One", "Two")
    assert [change.path for change in changed.model.changes] == ["display_name"]
    assert list(changed.change_kinds) == [pb.FIELD_CHANGE_KIND_PROPERTY]
    assert (changed.principal, changed.external) == ("local", False)
    assert changed.time == changed.model.after.update_time
    assert start < revisions[0]
    check_versions(recorder.messages)


async def test_a_saved_model_is_the_model_of_its_update(api: Api) -> None:
    """converging: the model after is, to the letter, what the save answered."""
    model_id = new_id()
    async with watching(api) as recorder:
        answer = await api.discovery.SaveModel(discovery.SaveModelRequest(model=plain(model_id, "One")))
        await recorder.through(answer.revision)
    (told,) = [one for one in recorder.updates if one.model.model_id == model_id]
    saved = answer.model
    saved.ClearField("availability")
    assert told.model.after == saved


async def test_what_changes_nothing_is_not_told(api: Api) -> None:
    """silent no-op: saving an equal model again brings no update; the stream stays where it is."""
    model_id = new_id()
    revision = await save(api, model_id, "One")
    async with watching(api, after(revision, bookmark_interval=1)) as recorder:
        for _ in range(3):
            assert await save(api, model_id, "One") == revision
        await recorder.having(lambda one: len(one.messages) >= 2, "a bookmark")
    assert not [one for one in recorder.updates if one.model.model_id == model_id]


async def test_both_replicas_tell_the_same(api: Api, other_api: Api) -> None:
    """ordered, reliable: whatever replica writes, streams of both bring the same updates in the same order."""
    start = await save(api, new_id())
    async with watching(api, after(start)) as one, watching(other_api, after(start)) as other:
        ids = [new_id() for _ in range(10)]
        saves = [save(caller, model_id, str(turn)) for turn in range(4) for model_id in ids for caller in (api,)]
        saves += [save(other_api, new_id()) for _ in range(10)]
        head = max(await asyncio.gather(*saves))
        await one.through(head)
        await other.through(head)
    told, same = ([u for u in each.updates if u.revision <= head] for each in (one, other))
    assert told == same
    expected = {place(update) for update in told}
    for recorder in (one, other):
        check_stream(recorder.messages, expected | {place(u) for u in recorder.updates}, start)
        check_versions(recorder.messages)
    assert {update.revision for update in told} == set(range(start + 1, head + 1))


async def test_a_stream_begins_after_any_revision(pair: Pair, api: Api, other_api: Api) -> None:
    """resumable: after any revision the log keeps, on either replica, comes exactly what was committed later."""
    for _ in range(5):
        await save(api, new_id())
    head = pair.catalogue.head
    everything = await history(api, head)
    expected = [place(update) for update in everything]
    assert {revision for revision, _ in expected} == set(range(1, head + 1))
    sample = {0, 1, head - 1, head, *random.Random(1).sample(range(head), min(head, 12))}
    for caller in (api, other_api):
        for start in sorted(sample):
            async with watching(caller, after(start)) as recorder:
                await recorder.through(head)
            check_stream(recorder.messages, {*expected, *map(place, recorder.updates)}, start)
            later = [update for update in everything if update.revision > start]
            assert [update for update in recorder.updates if update.revision <= head] == later


async def test_a_token_continues_on_any_replica(api: Api, other_api: Api) -> None:
    """resumable: a stream that is left after any of its messages goes on with its token on the other replica, without a
    loss or a repetition; also one that is behind."""
    start = await save(api, new_id())
    messages, token, callers = [], "", [api, other_api]
    for turn in range(8):
        caller = callers[turn % 2]
        request = resuming(token, max_batch_events=2) if token else after(start, max_batch_events=2)
        writer = callers[(turn + 1) % 2]
        revisions = [await save(writer, new_id()) for _ in range(3)]
        async with watching(caller, request) as recorder:
            await recorder.having(lambda one: len(one.messages) >= 3, "some messages")
            # Whatever came meanwhile counts: a client leaves after a message.
            kept = recorder.messages[: random.Random(turn).randint(1, len(recorder.messages))]
        messages += kept
        token = kept[-1].resume_token
        assert revisions
    async with watching(api, resuming(token)) as recorder:
        await recorder.through(revisions[-1])
        messages += recorder.messages
    expected = {place(update) for update in await history(api, messages[-1].revision)}
    check_stream(messages, expected, start)
    check_versions(messages)


async def test_bookmarks_reach_the_head_where_nothing_matches(api: Api, other_api: Api) -> None:
    """bookmarked: with a filter that nothing meets a stream still gets to every revision, on either replica."""
    nothing = discovery.ModelFilter(provider_ids=["nobody"])
    begun = after(0, models=nothing, bookmark_interval=1)
    async with watching(api, begun) as one, watching(other_api, begun) as other:
        for _ in range(3):
            head = await save(api, new_id())
            await one.through(head)
            await other.through(head)
        for recorder in (one, other):
            await recorder.having(lambda it: is_level(it.messages[-1].bookmark, head), "a bookmark of a level stream")
    for recorder in (one, other):
        assert not recorder.updates
        check_reaches(recorder.messages, head)
        assert all(message.bookmark.server_time.seconds > 0 for message in recorder.messages)


def is_level(bookmark: subscriber_service_pb2.WatchBookmark, head: int) -> bool:
    """Whether it says that nothing waits. One of a server that was held up says that it lags."""
    idle = bookmark.flow_state == subscriber_service_pb2.WATCH_FLOW_STATE_IDLE
    return idle and bookmark.head_revision >= head and bookmark.lag.ToMilliseconds() < 3000


async def test_a_revision_comes_in_one_message(pair: Pair, api: Api) -> None:
    """atomic: a refresh of 300 models is one revision, and one message, however small the batches are to be."""
    name = new_id("x").replace("/", "-")
    async with watching(api, from_now(max_batch_events=1, max_batch_bytes=1024)) as recorder:
        pair.provider.lists(*(f"{name}-{number}" for number in range(300)))
        await api.discovery.RefreshProvider(discovery.RefreshProviderRequest(provider_id="fake"), timeout=60)
        head = pair.catalogue.head
        await recorder.through(head)
    check_atomic(recorder.messages)
    check_batched(recorder.messages, events=1, size=1024)
    added = [one for one in recorder.updates if one.model.type == pb.MODEL_UPDATE_TYPE_ADDED]
    assert len([one for one in added if one.model.model_id.startswith(f"fake/{name}")]) == 300
    assert len({one.revision for one in added}) == 1


async def test_a_snapshot_and_what_follows_is_the_catalogue(pair: Pair, api: Api, other_api: Api) -> None:
    """converging, atomic: a snapshot that is taken while two writers write has no gap to what follows; both models that
    each refresh changes together are always of one refresh."""
    twins = [new_id("x").replace("/", "-") for _ in range(2)]
    ending = asyncio.Event()

    async def refresh() -> None:
        turn = 0
        while not ending.is_set():
            turn += 1
            rows = [{"id": twin, "object": "model", "context_window": 1000 + turn} for twin in twins]
            pair.provider.lists(*rows)
            await api.discovery.RefreshProvider(discovery.RefreshProviderRequest(provider_id="fake"), timeout=60)

    async def write() -> None:
        while not ending.is_set():
            await save(other_api, "acme/snapshot", str(random.random()))

    def alike(copy: dict[str, model_pb2.Model]) -> bool:
        found = [copy[f"fake/{twin}"].context_window for twin in twins if f"fake/{twin}" in copy]
        return len(found) in (0, 2) and len(set(found)) <= 1

    running = [asyncio.create_task(refresh()), asyncio.create_task(write())]
    try:
        recorders: list[Recorder] = []
        for caller in (api, other_api) * 3:
            async with watching(caller, from_snapshot()) as recorder:
                await recorder.having(lambda one: len(one.updates) > 20, "some updates")
            recorders.append(recorder)
    finally:
        ending.set()
        await asyncio.gather(*running)
    for recorder in recorders:
        check_snapshot(recorder.messages)
        check_transitions(recorder.messages)
        check_consistent(recorder.messages, alike)
    wanted = discovery.ModelFilter()
    async with watching(api, from_snapshot(models=wanted)) as recorder:
        await recorder.through(pair.catalogue.head)
    check_converging(recorder.messages, await listed(api, wanted))


async def test_what_was_acknowledged_is_in_the_snapshot_and_not_to_come(api: Api) -> None:
    """read your write: a stream that is opened after a save on the same replica begins after it, however far that
    replica has read the log."""
    models = discovery.ModelFilter(provider_ids=["own-writes"])
    saved: list[str] = []
    for _ in range(20):
        saved.append(new_id("own-writes"))
        revision = await save(api, saved[-1])
        async with watching(api, from_snapshot(models=models)) as snapshot:
            await snapshot.through(revision)
            assert {model.id for one in snapshot.messages for model in one.snapshot_models} == set(saved)
        saved.append(new_id("own-writes"))
        revision = await save(api, saved[-1])
        async with watching(api, from_now()) as live:
            assert live.revision >= revision
