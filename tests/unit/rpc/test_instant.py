"""Answers that need no thought are true answers."""

from __future__ import annotations

import pytest

from modeldex.v1 import discovery_service_pb2 as api
from modeldex.v1 import model_pb2 as pb
from modeldex_server.cache.models import CacheStatistics
from modeldex_server.catalogue.availability import Availability
from modeldex_server.ledger.changes import Changed
from modeldex_server.ledger.index import Entry, Index
from modeldex_server.rpc.instant import InstantModels
from modeldex_server.security.scope import EVERYTHING, Scope

_REQUEST = api.GetModelRequest(id="a/b").SerializeToString()


@pytest.fixture
def index() -> Index:
    index = Index()
    index.load("epoch", 3, {"a/b": Entry(1, 3, True)})
    return index


@pytest.fixture
def instant(index: Index) -> InstantModels:
    return InstantModels(index, Availability(), CacheStatistics())


def _model(version: int) -> bytes:
    return pb.Model(id="a/b", version=version).SerializeToString()


def test_a_kept_answer_is_given_with_the_revision_of_now(index: Index, instant: InstantModels) -> None:
    """read your write: the model is the one that was kept, the revision the one that is applied now."""
    instant.keep(instant.entries(["a/b"]), {"a/b": _model(1)})
    for revision in (3, 900):
        index.advance(revision)
        answer = api.GetModelResponse.FromString(instant.get(_REQUEST, EVERYTHING) or b"")
        assert (answer.model.version, answer.revision) == (1, revision)


def test_a_new_version_is_never_hidden_by_a_kept_answer(index: Index, instant: InstantModels) -> None:
    """read your write: from the moment the index knows another version, no answer of the old one is given."""
    instant.keep(instant.entries(["a/b"]), {"a/b": _model(1)})
    index.put([Changed("a/b", "a", 2, 4, True)])
    assert instant.get(_REQUEST, EVERYTHING) is None
    assert instant.fields(["a/b"], EVERYTHING) is None


def test_a_read_that_was_overtaken_is_not_kept_as_the_newer_version(index: Index, instant: InstantModels) -> None:
    """read your write: a load that began before a write and ended after it cannot bring the old value back."""
    entries = instant.entries(["a/b"])
    index.put([Changed("a/b", "a", 2, 4, True)])
    instant.keep(entries, {"a/b": _model(1)})
    assert instant.get(_REQUEST, EVERYTHING) is None


def test_what_is_kept_for_one_is_not_given_to_one_that_may_not_see_it(instant: InstantModels) -> None:
    """provider rights: an answer at hand is no way around them."""
    instant.keep(instant.entries(["a/b"]), {"a/b": _model(1)})
    for providers, seen in (({"a"}, True), ({"b", "a/b"}, False)):
        scope = Scope(frozenset(providers))
        assert (instant.get(_REQUEST, scope) is not None) == seen
        assert (instant.fields(["a/b"], scope) is not None) == seen


def test_a_request_with_options_is_no_instant_one(instant: InstantModels) -> None:
    """Only a request that asks for a model and nothing else is answered from its bytes."""
    instant.keep(instant.entries(["a/b"]), {"a/b": _model(1)})
    assert instant.get(api.GetModelRequest(id="a/b", min_revision=9).SerializeToString(), EVERYTHING) is None
    assert instant.get(api.GetModelRequest(id="a/b", include_raw_records=True).SerializeToString(), EVERYTHING) is None


def test_a_batch_is_instant_only_where_all_of_it_is(instant: InstantModels) -> None:
    """A batch with one id that is not kept is read the usual way, whole."""
    instant.keep(instant.entries(["a/b"]), {"a/b": _model(1)})
    assert instant.fields(["a/b", "a/c"], EVERYTHING) is None
    fields = instant.fields(["a/b", "a/b"], EVERYTHING)
    assert fields is not None
    assert [model.version for model in api.BatchGetModelsResponse.FromString(b"".join(fields)).models] == [1, 1]
