"""The cache of the Python client on real servers, in both halves."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from google.protobuf import json_format

from modeldex_client import (
    AsyncClient,
    CacheEntry,
    CacheEntryFilter,
    CacheEventKind,
    Client,
    EntryNotFound,
    InvalidationReason,
    InvalidationRule,
    ModelFilter,
    NamespaceReadOnly,
    RuleNotFound,
    VersionMismatch,
)
from support.models import new_id, plain
from support.pairs import Pair
from support.waiting import until

SET = CacheEventKind.CACHE_EVENT_KIND_SET
RULE = """{
  "name": "of the client's tests",
  "conditions": [{
    "subject": "INVALIDATION_SUBJECT_ENTRY",
    "condition": {"field": "tags", "operator": "CONDITION_OPERATOR_CONTAINS", "value": "%s"}
  }],
  "actions": [{"notify": "seen"}]
}"""


def own() -> str:
    """A namespace that no other test uses."""
    return new_id("n").replace("/", "-")


def test_what_one_service_sets_the_other_gets(pair: Pair) -> None:
    """Through another replica, with all that was set; and nobody finds it in the catalogue."""
    id, namespace = new_id(), own()
    with Client(pair.first.address) as client, Client(pair.second.address) as other:
        made = client.cache.set(
            id, plain(id, "Shared"), namespace=namespace, ttl=timedelta(hours=1), tags=["a", "b"], priority=3,
            metadata={"team": "search"}, expected_version=0,
        )  # fmt: skip
        assert not made.HasField("value")
        got = other.cache.get(id, namespace=namespace)
        assert (got.value.display_name, [*got.tags], got.priority) == ("Shared", ["a", "b"], 3)
        assert (got.entry_version, dict(got.metadata)) == (made.entry_version, {"team": "search"})
        with pytest.raises(EntryNotFound) as missing:
            client.cache.get(id)
        assert missing.value.metadata == {"namespace": "catalogue", "key": id}
        with pytest.raises(VersionMismatch):
            client.cache.set(id, plain(id), namespace=namespace, expected_version=0)
        assert client.cache.delete(id, namespace=namespace, expected_version=got.entry_version)
        assert not client.cache.delete(id, namespace=namespace)
        assert not client.cache.has(id, namespace=namespace).exists


def test_models_of_the_catalogue_are_entries_to_be_read(pair: Pair) -> None:
    """In their current version; the namespace cannot be written."""
    id = new_id()
    with Client(pair.first.address) as client:
        client.models.save(plain(id, "One"))
        client.models.save(plain(id, "Two"))
        entry = client.cache.get(id, min_revision=client.revision)
        assert (entry.value.display_name, entry.entry_version, entry.priority) == ("Two", 2, 5)
        assert client.cache.refresh(id).value.display_name == "Two"
        with pytest.raises(NamespaceReadOnly):
            client.cache.set(id, plain(id), namespace="catalogue")


def test_many_entries_and_pages(pair: Pair) -> None:
    """Set at once, got at once, listed page by page, counted, deleted at once."""
    namespace, provider = own(), new_id("p").replace("/", "-")
    ids = sorted(f"{provider}/{number:03}" for number in range(25))
    with Client(pair.first.address) as client:
        entries = [CacheEntry(namespace=namespace, key=id, value=plain(id)) for id in ids]
        for entry in entries[1::2]:
            entry.tags.append("odd")
        assert [entry.key for entry in client.cache.set_many(entries).entries] == ids
        answer = client.cache.get_many([*ids[:3], f"{provider}/none"], namespace=namespace)
        assert [entry.key for entry in answer.entries] == ids[:3]
        assert [*answer.missing_keys] == [f"{provider}/none"]
        pages = [*client.cache.list(namespace=namespace, page_size=10, omit_values=True).pages()]
        assert [entry.key for page in pages for entry in page.entries] == ids
        assert len(pages) == 3
        chosen = CacheEntryFilter(models=ModelFilter(provider_ids=[provider]), tags=["odd"])
        assert [entry.key for entry in client.cache.list(chosen, namespace=namespace, limit=2)] == [ids[1], ids[3]]
        assert client.cache.count(chosen, namespace=namespace).count == 12
        assert client.cache.delete_many(ids, namespace=namespace) == 25
        assert client.cache.count(namespace=namespace).count == 0


def test_times_to_live(pair: Pair) -> None:
    """What was set, what is left, and what expires is gone."""
    id, namespace = new_id(), own()
    with Client(pair.first.address) as client:
        client.cache.set(id, plain(id), namespace=namespace, ttl=timedelta(hours=2))
        told = client.cache.ttl(id, namespace=namespace)
        assert told.ttl.ToTimedelta() == timedelta(hours=2)
        assert timedelta(hours=1) < told.remaining_ttl.ToTimedelta() <= timedelta(hours=2)
        client.cache.set_ttl(id, timedelta(milliseconds=50), namespace=namespace)
        until(lambda: not client.cache.has(id, namespace=namespace).exists, "it to expire")
        with pytest.raises(EntryNotFound):
            client.cache.set_ttl(id, timedelta(hours=1), namespace=namespace)
        assert client.cache.cleanup().invalidation_count >= 0


def test_invalidations_and_their_history(pair: Pair) -> None:
    """Hard ones delete, soft ones mark; both stand in the history, the newest first."""
    begin, one, two, namespace = datetime.now(UTC) - timedelta(seconds=5), new_id(), new_id(), own()
    with Client(pair.first.address) as client:
        for id, tag in ((one, "x"), (two, "y")):
            client.cache.set(id, plain(id), namespace=namespace, tags=tag)
        soft = client.cache.invalidate(tags="x", namespace=namespace, soft=True, context={"why": "a test"})
        assert soft.invalidation.entry_count == 1
        assert client.cache.get(one, namespace=namespace).stale
        assert not client.cache.get(two, namespace=namespace).stale
        hard = client.cache.invalidate(key=one, namespace=namespace)
        assert hard.invalidation.number > soft.invalidation.number
        with pytest.raises(EntryNotFound):
            client.cache.get(one, namespace=namespace)
        cleared = client.cache.clear(namespace)
        assert cleared.invalidation.entry_count == 1
        history = [made for made in client.cache.invalidations(begin) if made.namespace == namespace]
        assert [made.number for made in history] == [
            cleared.invalidation.number, hard.invalidation.number, soft.invalidation.number,
        ]  # fmt: skip
        assert dict(history[2].context) == {"why": "a test"}
        tagged = client.cache.invalidations(
            begin, reasons=[InvalidationReason.INVALIDATION_REASON_TAG_INVALIDATION], limit=1
        )
        assert [made.number for made in tagged] == [soft.invalidation.number]
        assert client.cache.invalidation_stats().total_count >= 3
        assert {"ttl", "tag_invalidation"} <= {strategy.name for strategy in client.cache.strategies()}


def test_rules_from_their_creation_to_their_deletion(pair: Pair) -> None:
    """Tried before they are stored, changed with the version that was read, gone."""
    id, namespace, tag = new_id(), own(), own()
    rule = json_format.Parse(RULE % tag, InvalidationRule())
    with Client(pair.first.address) as client:
        client.cache.set(id, plain(id), namespace=namespace, tags=[tag])
        tried = client.cache.rules.evaluate(rule)
        assert (tried.triggered, tried.entry_count, [entry.key for entry in tried.entries]) == (True, 1, [id])
        made = client.cache.rules.create(rule)
        assert made.id in [one.id for one in client.cache.rules.list()]
        made.enabled = False
        changed = client.cache.rules.update(made.id, made, expected_version=made.version)
        assert (changed.version, changed.enabled) == (made.version + 1, False)
        assert made.id not in [one.id for one in client.cache.rules.list(enabled_only=True)]
        with pytest.raises(VersionMismatch):
            client.cache.rules.delete(made.id, expected_version=made.version)
        client.cache.rules.delete(made.id)
        with pytest.raises(RuleNotFound):
            client.cache.rules.get(made.id)


def test_events_come_as_they_happen(pair: Pair) -> None:
    """Those of the kinds and namespaces that were asked for, and no others."""
    one, two, namespace = new_id(), new_id(), own()
    with Client(pair.first.address) as client, client.cache.events(kinds=[SET], namespaces=namespace) as events:
        client.cache.set(one, plain(one), namespace=own())
        client.cache.set(one, plain(one), namespace=namespace)
        client.cache.get(one, namespace=namespace)
        client.cache.set(two, plain(two), namespace=namespace)
        came = [next(events), next(events)]
        assert [(event.kind, event.entry.key) for event in came] == [(SET, one), (SET, two)]
        assert not came[0].entry.HasField("value")
        assert events.lost_count == 0


async def test_the_async_half(pair: Pair) -> None:
    """The same with await: set, get, list, events, and a watch that is closed while it waits."""
    id, namespace = new_id(), own()
    async with AsyncClient(pair.first.address) as client:
        async with client.cache.events(kinds=[SET], namespaces=[namespace]) as events:
            await client.cache.set(id, plain(id, "Shared"), namespace=namespace)
            assert (await anext(events)).entry.key == id
            waiting = asyncio.ensure_future(anext(events, None))
            await asyncio.sleep(0.1)
            await events.close()
            assert await waiting is None
        assert (await client.cache.get(id, namespace=namespace)).value.display_name == "Shared"
        assert [entry.key async for entry in client.cache.list(namespace=namespace)] == [id]
        assert (await client.cache.stats()).stats.request_count > 0
        assert await client.cache.delete_many([id], namespace=namespace) == 1
