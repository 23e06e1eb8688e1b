"""The namespace "catalogue": the models of the catalogue as entries, to be read and not to be set."""

from __future__ import annotations

import asyncio

from modeldex.v1 import cache_pb2 as pb
from modeldex.v1 import cache_service_pb2 as cache
from modeldex.v1 import discovery_service_pb2 as discovery
from support.api import problem_of
from support.cache_calls import setting, span
from support.models import new_id, plain
from support.pairs import Pair
from support.principals import Caller

READ_ONLY = ("FAILED_PRECONDITION", "NAMESPACE_READ_ONLY")


async def saved(caller: Caller, model_id: str, **fields: object) -> discovery.SaveModelResponse:
    """A model as it was saved."""
    answer: discovery.SaveModelResponse = await caller.ask(
        discovery.SaveModelRequest(model=plain(model_id, **fields))  # type: ignore[arg-type]
    )
    return answer


async def test_an_entry_is_the_model_in_its_current_version(caller: Caller, other: Caller) -> None:
    """read your write: on the replica that saved at once, on another from the revision on that it is asked for."""
    model_id = new_id()
    for name in ("first", "second"):
        made = await saved(caller, model_id, name=name)
        for one, revision in ((caller, 0), (other, made.revision)):
            answer = await one.ask(cache.GetEntryRequest(key=model_id, min_revision=revision))
            found = answer.entry
            assert (found.namespace, found.key, found.value) == ("catalogue", model_id, made.model)
            assert (found.entry_version, found.priority, list(found.tags)) == (made.model.version, 5, ["test"])
            assert found.update_time == made.model.update_time
            assert answer.revision >= revision
            assert found.size_bytes > 0
    named = await caller.ask(cache.GetEntryRequest(namespace="catalogue", key=model_id))
    assert named.entry.value == made.model


async def test_what_is_held_in_memory_has_a_time(caller: Caller) -> None:
    """the model itself does not expire: a copy does."""
    model_id = new_id()
    await saved(caller, model_id)
    await caller.ask(cache.GetEntryRequest(key=model_id))
    found = (await caller.ask(cache.GetEntryRequest(key=model_id))).entry
    assert (found.in_memory, found.tier) == (True, pb.CACHE_TIER_MEMORY)
    assert found.HasField("create_time")
    assert found.HasField("expire_time")
    told = await caller.ask(cache.GetEntryTtlRequest(key=model_id))
    assert 0 < told.remaining_ttl.ToTimedelta().total_seconds() <= 600
    has = await caller.ask(cache.HasEntryRequest(key=model_id))
    assert (has.exists, has.in_memory, has.entry_version) == (True, True, 1)
    refreshed = (await caller.ask(cache.RefreshEntryRequest(key=model_id))).entry
    assert (refreshed.value, refreshed.tier) == (found.value, pb.CACHE_TIER_DATABASE)


async def test_what_is_not_held_has_no_time(caller: Caller, other: Caller) -> None:
    """GetEntryTtl says nothing of what the process holds no copy of, and fetches none."""
    model_id = new_id()
    made = await saved(caller, model_id)
    has = await other.ask(cache.HasEntryRequest(key=model_id, min_revision=made.revision))
    assert (has.exists, has.in_memory) == (True, False)
    told = await other.ask(cache.GetEntryTtlRequest(key=model_id))
    assert not told.HasField("remaining_ttl")
    assert not told.HasField("expire_time")
    assert not (await other.ask(cache.HasEntryRequest(key=model_id))).in_memory


async def test_a_deleted_model_is_no_entry(caller: Caller) -> None:
    """what is deleted is gone at once, and what was undeleted is there again."""
    model_id = new_id()
    await saved(caller, model_id)
    await caller.ask(discovery.DeleteModelRequest(id=model_id))
    for request in (cache.GetEntryRequest(key=model_id), cache.RefreshEntryRequest(key=model_id)):
        problem = await problem_of(caller.ask(request))
        assert problem.short == ("NOT_FOUND", "ENTRY_NOT_FOUND")
        assert problem.metadata == {"namespace": "catalogue", "key": model_id}
    batch = await caller.ask(cache.BatchGetEntriesRequest(keys=[model_id]))
    assert list(batch.missing_keys) == [model_id]
    await caller.ask(discovery.UndeleteModelRequest(id=model_id))
    assert (await caller.ask(cache.HasEntryRequest(key=model_id))).exists


async def test_it_is_read_only(caller: Caller, pair: Pair) -> None:
    """NAMESPACE_READ_ONLY, by whichever way; and DiscoveryService never answers what callers set."""
    model_id = new_id()
    made = await saved(caller, model_id)
    before = pair.catalogue.traces()
    for request in (
        setting("catalogue", model_id),
        cache.BatchSetEntriesRequest(entries=[setting("catalogue", model_id).entry]),
        cache.DeleteEntryRequest(namespace="catalogue", key=model_id),
        cache.BatchDeleteEntriesRequest(namespace="catalogue", keys=[model_id]),
        cache.SetEntryTtlRequest(namespace="catalogue", key=model_id, ttl=span(1)),
    ):
        problem = await problem_of(caller.ask(request))
        assert problem.short == READ_ONLY, request
        assert "use another, or SaveModel" in problem.message
    await caller.ask(setting("elsewhere", model_id, value=plain(model_id, name="another")))
    assert (await caller.ask(discovery.GetModelRequest(id=model_id))).model == made.model
    assert pair.catalogue.traces() == before


async def test_lists_and_counts_are_of_the_catalogue(caller: Caller) -> None:
    """ListEntries of the catalogue is what ListModels lists, by id, page by page."""
    for _ in range(3):
        await saved(caller, new_id("listed"))
    models = discovery.ModelFilter(provider_ids=["listed"])
    wanted = (await caller.ask(discovery.ListModelsRequest(filter=models))).models
    filter_ = cache.CacheEntryFilter(models=models)
    pages, token = [], ""
    while not pages or token:
        page = await caller.ask(cache.ListEntriesRequest(filter=filter_, page_size=2, page_token=token))
        pages.append(list(page.entries))
        token = page.next_page_token
        assert page.revision
    found = [one for page in pages for one in page]
    assert [one.value for one in found] == list(wanted)
    assert [one.key for one in found] == sorted(one.key for one in found)
    counted = await caller.ask(cache.CountEntriesRequest(filter=filter_))
    assert counted.count == len(found) == 3
    assert counted.in_memory_count == sum(one.in_memory for one in found)
    tagged = cache.CountEntriesRequest(filter=cache.CacheEntryFilter(models=models, tags=["test", "none"]))
    assert (await caller.ask(tagged)).count == 0


async def test_a_provider_is_refreshed_after_its_sources_were_asked(caller: Caller, pair: Pair) -> None:
    """RefreshProviderEntries: its models are read anew, on request after the source said what there is."""
    pair.provider.lists("new", "newer")
    request = cache.RefreshProviderEntriesRequest(provider_id="fake", ask_sources=True)
    answer = await caller.ask(request, timeout=60)
    assert answer.refreshed_count >= 2
    assert answer.revision >= 1
    held = await caller.ask(cache.BatchGetEntriesRequest(keys=["fake/new", "fake/newer"]))
    assert [one.in_memory for one in held.entries] == [True, True]
    calls = pair.provider.calls
    quiet = await caller.ask(cache.RefreshProviderEntriesRequest(provider_id="fake"))
    assert (quiet.refreshed_count, pair.provider.calls) == (answer.refreshed_count, calls)
    pair.provider.fails(500)
    assert (await problem_of(caller.ask(request))).short == ("UNAVAILABLE", "SOURCE_UNAVAILABLE")
    unknown = cache.RefreshProviderEntriesRequest(provider_id="nobody", ask_sources=True)
    assert (await problem_of(caller.ask(unknown))).reason == "PROVIDER_NOT_FOUND"
    pair.provider.lists("new", "newer")
    await caller.ask(request)


async def test_a_revision_that_does_not_come_is_not_waited_for_for_ever(caller: Caller, pair: Pair) -> None:
    """REVISION_NOT_REACHED: rather than an answer that is older than what was asked for."""
    far = pair.catalogue.head + 1000
    requests = (
        cache.GetEntryRequest(key="acme/one", min_revision=far),
        cache.BatchGetEntriesRequest(keys=["acme/one"], min_revision=far),
        cache.HasEntryRequest(key="acme/one", min_revision=far),
        cache.ListEntriesRequest(min_revision=far),
        cache.CountEntriesRequest(min_revision=far),
    )
    problems = await asyncio.gather(*(problem_of(caller.ask(request)) for request in requests))
    assert [one.short for one in problems] == [("UNAVAILABLE", "REVISION_NOT_REACHED")] * len(requests)
