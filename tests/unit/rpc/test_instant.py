"""Answers that need no thought are true answers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from modeldex.v1 import discovery_service_pb2 as api
from modeldex.v1 import model_pb2 as pb
from modeldex.v1.cache_pb2 import CACHE_EVENT_KIND_HIT, CACHE_EVICTION_REASON_MANUAL, CACHE_TIER_DATABASE
from modeldex.v1.cache_service_pb2 import WatchCacheEventsRequest
from modeldex.v1.invalidation_pb2 import INVALIDATION_MODE_SOFT, InvalidationTarget
from modeldex_server.cache.models import Found
from modeldex_server.catalogue.availability import Availability
from modeldex_server.ledger.changes import Changed
from modeldex_server.ledger.index import Entry, Index
from modeldex_server.rpc.instant import InstantModels
from modeldex_server.security.scope import EVERYTHING, Scope
from support.caches import Parts, parts

_REQUEST = api.GetModelRequest(id="a/b").SerializeToString()


@pytest.fixture
def index() -> Index:
    index = Index()
    index.load("epoch", 3, {"a/b": Entry(1, 3, True)})
    return index


@pytest.fixture
def cache() -> Parts:
    return parts()


@pytest.fixture
def instant(index: Index, cache: Parts) -> InstantModels:
    return InstantModels(
        index,
        Availability(),
        cache.memory,
        cache.statistics,
        cache.events,
        clock=cache.clock,
        wall=cache.clock.wall,
    )


def _model(version: int) -> bytes:
    return pb.Model(id="a/b", version=version).SerializeToString()


def _keep(instant: InstantModels, cache: Parts, version: int = 1, entries: dict[str, Entry] | None = None) -> None:
    """A read of the model, which memory then holds."""
    cache.memory.put(cache.held("a/b", namespace="catalogue", version=version, data=_model(version)))
    found = Found(_model(version), CACHE_TIER_DATABASE)
    instant.keep(instant.entries(["a/b"]) if entries is None else entries, {"a/b": found})


def test_a_kept_answer_is_given_with_the_revision_of_now(index: Index, instant: InstantModels, cache: Parts) -> None:
    """read your write: the model is the one that was kept, the revision the one that is applied now."""
    _keep(instant, cache)
    for revision in (3, 900):
        index.advance(revision)
        answer = api.GetModelResponse.FromString(instant.get(_REQUEST, EVERYTHING) or b"")
        assert (answer.model.version, answer.revision) == (1, revision)


def test_a_new_version_is_never_hidden_by_a_kept_answer(index: Index, instant: InstantModels, cache: Parts) -> None:
    """read your write: from the moment the index knows another version, no answer of the old one is given."""
    _keep(instant, cache)
    index.put([Changed("a/b", "a", 2, 4, True)])
    assert instant.get(_REQUEST, EVERYTHING) is None
    assert instant.fields(["a/b"], EVERYTHING) is None


def test_a_read_that_was_overtaken_is_not_kept_as_the_newer_version(
    index: Index, instant: InstantModels, cache: Parts
) -> None:
    """read your write: a load that began before a write and ended after it cannot bring the old value back."""
    entries = instant.entries(["a/b"])
    index.put([Changed("a/b", "a", 2, 4, True)])
    _keep(instant, cache, entries=entries)
    assert instant.get(_REQUEST, EVERYTHING) is None


def test_what_is_kept_for_one_is_not_given_to_one_that_may_not_see_it(instant: InstantModels, cache: Parts) -> None:
    """provider rights: an answer at hand is no way around them."""
    _keep(instant, cache)
    for providers, seen in (({"a"}, True), ({"b", "a/b"}, False)):
        scope = Scope(frozenset(providers))
        assert (instant.get(_REQUEST, scope) is not None) == seen
        assert (instant.fields(["a/b"], scope) is not None) == seen


def test_a_request_with_options_is_no_instant_one(instant: InstantModels, cache: Parts) -> None:
    """Only a request that asks for a model and nothing else is answered from its bytes."""
    _keep(instant, cache)
    assert instant.get(api.GetModelRequest(id="a/b", min_revision=9).SerializeToString(), EVERYTHING) is None
    assert instant.get(api.GetModelRequest(id="a/b", include_raw_records=True).SerializeToString(), EVERYTHING) is None
    # as it was: 0 is a revision, too, and stands in the bytes.
    for past in (
        api.GetModelRequest(id="a/b", as_of_revision=0),
        api.GetModelRequest(id="a/b", as_of_time=Timestamp()),
    ):
        assert instant.get(past.SerializeToString(), EVERYTHING) is None


def test_a_batch_is_instant_only_where_all_of_it_is(instant: InstantModels, cache: Parts) -> None:
    """A batch with one id that is not kept is read the usual way, whole."""
    _keep(instant, cache)
    assert instant.fields(["a/b", "a/c"], EVERYTHING) is None
    fields = instant.fields(["a/b", "a/b"], EVERYTHING)
    assert fields is not None
    assert [model.version for model in api.BatchGetModelsResponse.FromString(b"".join(fields)).models] == [1, 1]


def test_what_was_invalidated_while_it_was_read_is_not_kept(instant: InstantModels, cache: Parts) -> None:
    """late fills: an answer that was read before a hard invalidation, and came after it, is given to nobody else."""
    late = Found(pb.Model(id="a/b", version=1, display_name="before").SerializeToString(), CACHE_TIER_DATABASE)
    instant.keep(instant.entries(["a/b"]), {"a/b": late})
    assert instant.get(_REQUEST, EVERYTHING) is None
    _keep(instant, cache)
    instant.forget()
    instant.keep(instant.entries(["a/b"]), {"a/b": late})
    assert instant.get(_REQUEST, EVERYTHING) is None


def test_a_stale_copy_makes_no_instant_answer(instant: InstantModels, cache: Parts) -> None:
    """soft and hard: what was invalidated softly is told to be stale each time, so it is not kept as an answer."""
    cache.memory.put(cache.held("a/b", namespace="catalogue", data=_model(1)))
    cache.invalidate(InvalidationTarget(all=True), mode=INVALIDATION_MODE_SOFT)
    instant.keep(instant.entries(["a/b"]), {"a/b": Found(_model(1), CACHE_TIER_DATABASE, stale=True)})
    assert instant.get(_REQUEST, EVERYTHING) is None


def test_an_answer_lives_no_longer_than_its_copy(instant: InstantModels, cache: Parts) -> None:
    """lifetimes: once its time is over memory is asked again."""
    cache.memory.put(cache.held("a/b", namespace="catalogue", data=_model(1), ttl=0.25))
    instant.keep(instant.entries(["a/b"]), {"a/b": Found(_model(1), CACHE_TIER_DATABASE)})
    cache.clock.now += 0.2
    assert instant.get(_REQUEST, EVERYTHING) is not None
    cache.clock.now += 0.1
    assert instant.get(_REQUEST, EVERYTHING) is None
    assert instant.fields(["a/b"], EVERYTHING) is None


def test_nothing_is_kept_while_the_cache_is_off(instant: InstantModels, cache: Parts) -> None:
    """switched off: no answer is kept, and none that was is given once they are forgotten."""
    _keep(instant, cache)
    cache.policies.use(enabled=False, ttl=timedelta(minutes=10))
    instant.forget()
    _keep(instant, cache)
    assert instant.get(_REQUEST, EVERYTHING) is None
    assert instant.bytes_used == 0


def test_instant_reads_count_as_reads_of_the_copy(instant: InstantModels, cache: Parts) -> None:
    """Each is a hit and an access of the copy, also after it left memory; and keeps it from being the least recently
    read."""
    _keep(instant, cache)
    cache.clock.now += 5
    for _ in range(100):
        instant.get(_REQUEST, EVERYTHING)
    instant.fields(["a/b"], EVERYTHING)
    held = cache.memory.look("catalogue", "a/b")
    assert held is not None
    assert (cache.statistics.hits, held.accesses, held.accessed_at) == (101, 101, cache.clock.wall())
    cache.memory.drop("catalogue", "a/b", CACHE_EVICTION_REASON_MANUAL)
    for _ in range(100):
        assert instant.get(_REQUEST, EVERYTHING) is not None
    assert (cache.statistics.hits, held.accesses) == (201, 201)


async def test_instant_reads_are_told_to_who_watches(instant: InstantModels, cache: Parts) -> None:
    """A hit is a hit, however little it took."""
    _keep(instant, cache)
    watch = cache.events.watch(WatchCacheEventsRequest(), EVERYTHING)
    instant.get(_REQUEST, EVERYTHING)
    events, lost = await watch.next(1)
    assert [(event.kind, event.entry.key, lost) for event in events] == [(CACHE_EVENT_KIND_HIT, "a/b", 0)]
