"""Entries that callers set: the same on every replica, for as long as they live."""

from __future__ import annotations

import asyncio
import json
import time

from modeldex.v1 import cache_pb2 as pb
from modeldex.v1 import cache_service_pb2 as cache
from modeldex.v1 import model_pb2
from modeldex.v1.discovery_service_pb2 import ModelFilter
from support.api import problem_of
from support.cache_calls import entry, setting, span
from support.models import plain
from support.pairs import Pair
from support.principals import Caller
from support.waiting import eventually

# Others are level after a second: it is wide, for machines that are slow and busy.
_LEVEL_SECONDS = 6.0


def kept(key: str = "acme/one") -> model_pb2.Model:
    """The plain model of a key as it is kept: in the one spelling that each model has."""
    model = plain(key)
    model.provider_id, _, model.provider_model_id = key.partition("/")
    model.prices["input"].amount, model.prices["input"].currency = "2.5", "USD"
    return model


async def read(caller: Caller, namespace: str, key: str = "acme/one") -> pb.CacheEntry:
    """An entry."""
    answer: cache.GetEntryResponse = await caller.ask(cache.GetEntryRequest(namespace=namespace, key=key))
    return answer.entry


async def is_absent(caller: Caller, namespace: str, key: str = "acme/one") -> bool:
    """Whether there is no entry, by three ways to ask."""
    batch = await caller.ask(cache.BatchGetEntriesRequest(namespace=namespace, keys=[key]))
    has = await caller.ask(cache.HasEntryRequest(namespace=namespace, key=key))
    assert not (has.exists and batch.missing_keys)  # it may go between the two, and does not come back
    if has.exists:
        return False
    problem = await problem_of(caller.ask(cache.GetEntryRequest(namespace=namespace, key=key)))
    assert problem.short == ("NOT_FOUND", "ENTRY_NOT_FOUND")
    assert problem.metadata == {"namespace": namespace, "key": key}
    return True


async def test_what_is_set_is_read_on_every_replica(caller: Caller, other: Caller, namespace: str) -> None:
    """read your set: an entry comes back as it was set, with what the server says of it."""
    wanted = entry(namespace, tags=["b", "a"], priority=7, metadata={"team": "pricing", "deep": {"list": [1, None]}})
    before = time.time()
    answer = (await caller.ask(cache.SetEntryRequest(entry=wanted))).entry
    assert not answer.HasField("value")
    for one in (caller, other):
        found = await read(one, namespace)
        assert (found.namespace, found.key, found.value) == (namespace, "acme/one", kept())
        assert (sorted(found.tags), found.priority, found.metadata) == (["a", "b"], 7, wanted.metadata)
        assert found.entry_version == answer.entry_version > 0
        assert found.ttl.ToTimedelta().total_seconds() == 600
        assert found.expire_time.ToMicroseconds() - found.update_time.ToMicroseconds() == 600 * 10**6
        assert abs(found.create_time.ToMicroseconds() / 1e6 - before) < 30
        assert found.size_bytes == kept().ByteSize()
        assert not found.stale


async def test_setting_again_goes_on_with_the_entry(caller: Caller, namespace: str) -> None:
    """never back: the version grows, when it was created stays, and what is not said has its default."""
    first = (await caller.ask(setting(namespace, tags=["t"], priority=3, metadata={"a": 1}))).entry
    second = (await caller.ask(setting(namespace))).entry
    assert second.entry_version > first.entry_version
    assert second.create_time == first.create_time
    assert second.update_time.ToNanoseconds() > first.update_time.ToNanoseconds()
    found = await read(caller, namespace)
    assert (list(found.tags), found.priority, dict(found.metadata)) == ([], 0, {})


async def test_what_only_the_server_sets_is_dropped(caller: Caller, namespace: str) -> None:
    """an entry says nothing of itself that its server did not."""
    value = plain("acme/one")
    value.version, value.revision, value.unlisted, value.listed_by[:] = 7, 9, True, ["nobody"]
    claimed = entry(
        namespace, value=value, entry_version=5, access_count=9, size_bytes=1, stale=True, in_memory=True, tier=2
    )
    await caller.ask(cache.SetEntryRequest(entry=claimed))
    found = await read(caller, namespace)
    assert found.value == kept()
    assert (found.size_bytes, found.stale) == (kept().ByteSize(), False)


async def test_only_one_of_those_who_expect_the_same_version_sets(
    caller: Caller, other: Caller, namespace: str
) -> None:
    """one winner: of an entry too; 0 expects that there is none."""
    made = (await caller.ask(setting(namespace, expected=0))).entry
    again = await problem_of(other.ask(setting(namespace, expected=0)))
    assert again.short == ("ABORTED", "VERSION_MISMATCH")
    tries = [one.ask(setting(namespace, expected=made.entry_version)) for one in (caller, other) * 4]
    done = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(one, cache.SetEntryResponse) for one in done) == 1
    deleted = await problem_of(
        caller.ask(cache.DeleteEntryRequest(namespace=namespace, key="acme/one", expected_version=made.entry_version))
    )
    assert deleted.short == ("ABORTED", "VERSION_MISMATCH")
    assert not await is_absent(caller, namespace)


async def test_a_change_is_seen_elsewhere_within_a_second(caller: Caller, other: Caller, namespace: str) -> None:
    """read your set: at once on the replica that acknowledged, on the others after at most a second; a version never
    goes back."""
    seen = 0
    for number in range(5):
        made = (await caller.ask(setting(namespace, metadata={"number": number}))).entry
        assert (await read(caller, namespace)).entry_version == made.entry_version
        began = time.monotonic()
        while (found := await read(other, namespace)).entry_version != made.entry_version:
            assert found.entry_version >= seen
            assert time.monotonic() - began < _LEVEL_SECONDS
            await asyncio.sleep(0.01)
        seen = found.entry_version


async def test_a_deleted_entry_is_gone_and_comes_back_as_another(caller: Caller, other: Caller, namespace: str) -> None:
    """never back: versions grow over a deletion; to delete what is not there is no error."""
    first = (await caller.ask(setting(namespace))).entry
    assert await read(other, namespace)
    request = cache.DeleteEntryRequest(namespace=namespace, key="acme/one")
    assert (await caller.ask(request)).deleted
    assert await is_absent(caller, namespace)
    await eventually(lambda: is_absent(other, namespace), "the other replica to hear of it")
    assert not (await caller.ask(request)).deleted
    again = (await caller.ask(setting(namespace, expected=0))).entry
    assert again.entry_version > first.entry_version
    assert again.create_time.ToNanoseconds() > first.create_time.ToNanoseconds()


async def test_a_batch_is_set_and_deleted_whole(caller: Caller, other: Caller, namespace: str) -> None:
    """nothing is set of a batch of which a part is refused; answers are in the order of the request."""
    keys = [f"acme/{number}" for number in (3, 1, 2)]
    batch = [entry(namespace, key) for key in keys]
    wrong = cache.BatchSetEntriesRequest(entries=[*batch, entry("catalogue", "acme/4")])
    assert (await problem_of(caller.ask(wrong))).short == ("FAILED_PRECONDITION", "NAMESPACE_READ_ONLY")
    asked = cache.BatchGetEntriesRequest(namespace=namespace, keys=[*keys, "acme/none", keys[0]])
    assert not (await caller.ask(asked)).entries
    made = (await caller.ask(cache.BatchSetEntriesRequest(entries=batch))).entries
    assert [one.key for one in made] == keys
    assert len({one.entry_version for one in made}) == len(keys)
    for one in (caller, other):
        answer = await one.ask(asked)
        assert [found.key for found in answer.entries] == keys
        assert [found.value.id for found in answer.entries] == keys
        assert list(answer.missing_keys) == ["acme/none"]
    request = cache.BatchDeleteEntriesRequest(namespace=namespace, keys=[*keys[:2], keys[0], "acme/none"])
    assert (await caller.ask(request)).deleted_count == 2
    assert [found.key for found in (await caller.ask(asked)).entries] == keys[2:]


async def test_an_entry_lives_as_long_as_it_was_told_to(caller: Caller, other: Caller, namespace: str) -> None:
    """lifetimes: an expired entry is as one that was never set, on every replica and at once."""
    await caller.ask(setting(namespace, "acme/short", ttl=0.01))
    await caller.ask(setting(namespace, "acme/long", ttl=3650 * 86_400))
    await asyncio.sleep(0.05)
    for one in (caller, other):
        assert await is_absent(one, namespace, "acme/short")
        assert not await is_absent(one, namespace, "acme/long")
    assert (await caller.ask(setting(namespace, "acme/short", expected=0))).entry.entry_version
    assert (await caller.ask(cache.CountEntriesRequest(namespace=namespace))).count == 2


async def test_the_time_of_an_entry_is_read_and_set(caller: Caller, other: Caller, namespace: str) -> None:
    """GetEntryTtl, SetEntryTtl: from now on; shorter or longer."""
    ttl = cache.GetEntryTtlRequest(namespace=namespace, key="acme/one")
    assert (await problem_of(caller.ask(ttl))).reason == "ENTRY_NOT_FOUND"
    changing = cache.SetEntryTtlRequest(namespace=namespace, key="acme/one", ttl=span(1000))
    assert (await problem_of(caller.ask(changing))).reason == "ENTRY_NOT_FOUND"
    made = (await caller.ask(setting(namespace, ttl=100))).entry
    told = await other.ask(ttl)
    assert 60 < told.remaining_ttl.ToTimedelta().total_seconds() <= 100
    assert (told.ttl, told.expire_time) == (span(100), made.expire_time)
    changed = (await caller.ask(changing)).entry
    assert not changed.HasField("value")
    assert changed.ttl == span(1000)
    told = await caller.ask(ttl)
    assert 900 < told.remaining_ttl.ToTimedelta().total_seconds() <= 1000
    assert (await read(caller, namespace)).value == kept()
    changing.ttl.CopyFrom(span(0.001))
    await caller.ask(changing)
    await asyncio.sleep(0.02)
    assert await is_absent(caller, namespace)


async def test_reads_are_counted_and_looks_are_not(caller: Caller, other: Caller, namespace: str) -> None:
    """the access count is of all replicas, within seconds; HasEntry and lists do not count."""
    await caller.ask(setting(namespace))
    for one in (caller, caller, other):
        await read(one, namespace)
    for _ in range(5):
        await caller.ask(cache.HasEntryRequest(namespace=namespace, key="acme/one"))

    async def listed() -> pb.CacheEntry:
        answer = await caller.ask(cache.ListEntriesRequest(namespace=namespace))
        assert answer.entries[0].access_count <= 3
        found: pb.CacheEntry = answer.entries[0]
        return found

    async def all_are_counted() -> bool:
        return (await listed()).access_count == 3

    await eventually(all_are_counted, "reads of both replicas to be counted")
    assert (await listed()).last_access_time.seconds > time.time() - 60


async def test_a_write_is_one_line_of_the_log_without_what_was_written(
    caller: Caller, pair: Pair, namespace: str
) -> None:
    """typed errors: who did what to which entry is logged, what it holds is not; good reads are only counted."""
    await caller.ask(setting(namespace, metadata={"note": "private words"}))
    await read(caller, namespace)
    await caller.ask(cache.DeleteEntryRequest(namespace=namespace, key="acme/one"))
    lines = [json.loads(line) for line in pair.first.errors.splitlines() if f'"{namespace}"' in line]
    lines = [one for one in lines if one["method"] != "CacheService.GetEntry" or one["ms"] < 100]  # slow ones are told
    assert [(one["event"], one["method"], one["key"], one["principal"]) for one in lines] == [
        ("call", "CacheService.SetEntry", "acme/one", "local"),
        ("call", "CacheService.DeleteEntry", "acme/one", "local"),
    ]
    assert "private words" not in pair.first.errors


async def test_lists_are_paged_by_key_and_chosen_by_filters(caller: Caller, namespace: str) -> None:
    """ListEntries and CountEntries choose by model, provider and tags, and say what is held in memory."""
    for key in ("acme/b", "acme/a", "birch/c", "birch/d"):
        provider = key.partition("/")[0]
        value = plain(key)
        value.context_window = 1000 if key.endswith(("a", "b")) else 9000
        await caller.ask(setting(namespace, key, value=value, tags=[provider, "all"]))
    await read(caller, namespace, "acme/a")
    first = await caller.ask(cache.ListEntriesRequest(namespace=namespace, page_size=3))
    assert [one.key for one in first.entries] == ["acme/a", "acme/b", "birch/c"]
    assert first.entries[0].value.id == "acme/a"
    rest = await caller.ask(
        cache.ListEntriesRequest(namespace=namespace, page_size=3, page_token=first.next_page_token)
    )
    assert ([one.key for one in rest.entries], rest.next_page_token) == (["birch/d"], "")
    bare = await caller.ask(cache.ListEntriesRequest(namespace=namespace, omit_values=True))
    assert not any(one.HasField("value") for one in bare.entries)
    chosen = {
        "tags": (cache.CacheEntryFilter(tags=["all", "birch"]), ["birch/c", "birch/d"]),
        "provider": (cache.CacheEntryFilter(models=ModelFilter(provider_ids=["acme"])), ["acme/a", "acme/b"]),
        "model": (cache.CacheEntryFilter(models=ModelFilter(min_context_window=5000)), ["birch/c", "birch/d"]),
        "stale": (cache.CacheEntryFilter(stale=True), []),
        "nothing": (cache.CacheEntryFilter(tags=["none"]), []),
    }
    for name, (filter_, keys) in chosen.items():
        listed = await caller.ask(cache.ListEntriesRequest(namespace=namespace, filter=filter_))
        assert [one.key for one in listed.entries] == keys, name
        counted = await caller.ask(cache.CountEntriesRequest(namespace=namespace, filter=filter_))
        assert counted.count == len(keys), name


async def test_who_lists_is_told_what_this_process_holds(caller: Caller, other: Caller, namespace: str) -> None:
    """in memory is of the process that answers: it holds what it was asked for."""
    await caller.ask(setting(namespace, "acme/a"))
    await caller.ask(setting(namespace, "acme/b"))
    await read(other, namespace, "acme/b")
    held = cache.CacheEntryFilter(in_memory=True)
    listed = await other.ask(cache.ListEntriesRequest(namespace=namespace, filter=held))
    assert [(one.key, one.in_memory) for one in listed.entries] == [("acme/b", True)]
    counted = await other.ask(cache.CountEntriesRequest(namespace=namespace))
    assert (counted.count, counted.in_memory_count) == (2, 1)
    assert (await other.ask(cache.HasEntryRequest(namespace=namespace, key="acme/b"))).in_memory


async def test_a_page_token_is_good_for_its_query_only(caller: Caller, other: Caller, namespace: str) -> None:
    """typed errors: INVALID_PAGE_TOKEN for another namespace or filter; on another replica the page goes on."""
    for key in ("acme/a", "acme/b"):
        await caller.ask(setting(namespace, key))
    token = (await caller.ask(cache.ListEntriesRequest(namespace=namespace, page_size=1))).next_page_token
    good = await other.ask(cache.ListEntriesRequest(namespace=namespace, page_token=token))
    assert [one.key for one in good.entries] == ["acme/b"]
    for request in (
        cache.ListEntriesRequest(page_token=token),
        cache.ListEntriesRequest(namespace=namespace, page_token=token, omit_values=True),
        cache.ListEntriesRequest(namespace=namespace, page_token=token, filter=cache.CacheEntryFilter(tags=["t"])),
        cache.ListEntriesRequest(namespace=namespace, page_token=token + "x"),
        cache.ListInvalidationsRequest(page_token=token),
    ):
        problem = await problem_of(caller.ask(request))
        assert problem.short == ("INVALID_ARGUMENT", "INVALID_PAGE_TOKEN")


async def test_a_refresh_reads_the_truth(caller: Caller, other: Caller, namespace: str) -> None:
    """RefreshEntry goes past memory: what was set elsewhere a moment ago is there."""
    await caller.ask(setting(namespace))
    await read(other, namespace)
    made = (await caller.ask(setting(namespace, metadata={"new": True}))).entry
    refreshed = (await other.ask(cache.RefreshEntryRequest(namespace=namespace, key="acme/one"))).entry
    assert refreshed.entry_version == made.entry_version
    assert (refreshed.tier, refreshed.metadata) == (
        pb.CACHE_TIER_DATABASE,
        entry(namespace, metadata={"new": True}).metadata,
    )
    gone = cache.RefreshEntryRequest(namespace=namespace, key="acme/none")
    assert (await problem_of(other.ask(gone))).reason == "ENTRY_NOT_FOUND"
    every = cache.RefreshProviderEntriesRequest(namespace=namespace, provider_id="acme")
    assert (await other.ask(every)).refreshed_count == 1
    assert (
        await other.ask(cache.RefreshProviderEntriesRequest(namespace=namespace, provider_id="x"))
    ).refreshed_count == 0
