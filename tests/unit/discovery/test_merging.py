"""From what sources say to what is served."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modeldex.v1 import model_pb2 as pb
from modeldex.v1.history_pb2 import ModelPin
from modeldex_server.catalogue import facts
from modeldex_server.catalogue.pinning import held
from modeldex_server.catalogue.upstream import Sources, upstream_of
from modeldex_server.discovery.merging import decide
from modeldex_server.history.unpinning import unpinned
from modeldex_server.ledger.changes import Head, ListingChange, ModelChange, Operation
from modeldex_server.ledger.documents import canonical, decode, encode
from support.models import models

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
OWN = {"acme": "own"}


def record(**fields: object) -> bytes:
    return encode(canonical(pb.Model(id="acme/one", **fields)))  # type: ignore[arg-type]


def head(
    document: pb.Model | None, *, live: bool = True, private: bool = False, listings: dict[str, bytes] | None = None
) -> Head:
    data = encode(document) if document is not None else None
    version = 0 if document is None else 1
    return Head("acme/one", version, version, MOMENT, live and version > 0, private, (), data, listings or {})


def says(source_id: str, said: bytes | None) -> ListingChange:
    return ListingChange(source_id, "acme/one", "acme", b"", said)


def decided(before: Head, change: ListingChange | None, complete: tuple[str, ...] = ("own",)) -> ModelChange | None:
    changes = {} if change is None else {change.model_id: change}
    models = decide({before.id: before}, changes, Sources(OWN, complete)).models
    return models[0] if models else None


def document_of(change: ModelChange | None) -> pb.Model:
    assert change is not None
    assert change.document is not None
    return change.document


@pytest.mark.parametrize("order", list(permutations(("own", "aaa", "zzz"))))
@pytest.mark.parametrize("complete", [(), ("own",)])
def test_the_order_in_which_sources_speak_plays_no_part(order: tuple[str, ...], complete: tuple[str, ...]) -> None:
    """unknown is not false: the provider's own source counts first, then catalogues by name, whoever spoke last and
    whether or not a refresh of the own source has ended."""
    said = {
        "own": record(context_window=1),
        "aaa": record(context_window=2, family="a"),
        "zzz": record(context_window=3, family="z", description="z"),
    }
    listings: dict[str, bytes] = {}
    for source_id in order:
        change = decided(head(None, listings=dict(listings)), says(source_id, said[source_id]), complete)
        listings[source_id] = said[source_id]
    document = document_of(change)
    assert (document.context_window, document.family, document.description) == (1, "a", "z")
    assert not document.unlisted


def test_a_model_that_its_own_source_lacks_is_unlisted_once_that_has_spoken() -> None:
    """absence needs evidence: before the first complete listing of the own source nothing is unlisted."""
    before = head(None)
    assert document_of(decided(before, says("aaa", record()))).unlisted
    assert not document_of(decided(before, says("aaa", record()), complete=())).unlisted
    assert not document_of(decided(before, says("own", record()))).unlisted


def test_a_model_goes_with_its_last_source() -> None:
    """absence needs evidence: as long as one source lists it a model stays."""
    said = {"own": record(), "aaa": record()}
    document = facts.merge([("own", canonical(pb.Model(id="acme/one")))])
    stays = decided(head(document, listings=dict(said)), says("own", None))
    assert list(document_of(stays).listed_by) == ["aaa"]
    gone = decided(head(document, listings={"own": said["own"]}), says("own", None))
    assert gone is not None
    assert (gone.operation, gone.document) == (Operation.DELETE, None)


def test_what_was_saved_keeps_its_facts() -> None:
    """saved stays: a source that lists a saved model is named on it and changes nothing else; when it stops, its name
    goes."""
    saved = canonical(pb.Model(id="acme/one", display_name="Mine"))
    facts.attribute(saved, facts.PRIVATE)
    listed = decided(head(saved, private=True), says("own", record(display_name="Theirs", context_window=1)))
    document = document_of(listed)
    assert (document.display_name, document.HasField("context_window"), list(document.listed_by)) == (
        "Mine",
        False,
        ["own"],
    )
    assert listed is not None
    assert listed.private
    left = decided(head(document, private=True, listings={"own": record()}), says("own", None))
    assert document_of(left) == saved


def test_what_its_saver_deleted_is_the_sources() -> None:
    """saved stays: only what exists stays; a deleted private model that a source lists comes back as the source's."""
    saved = canonical(pb.Model(id="acme/one", display_name="Mine"))
    change = decided(head(saved, private=True, live=False), says("own", record(display_name="Theirs")))
    assert change is not None
    assert (change.operation, change.private, document_of(change).display_name) == (Operation.UNDELETE, False, "Theirs")


def test_a_model_that_nobody_lists_and_that_is_gone_stays_gone() -> None:
    """silent no-op: nothing is deleted twice."""
    document = canonical(pb.Model(id="acme/one"))
    assert decided(head(document, live=False), says("own", None)) is None


PINNED = ModelPin(principal="ann")
steps = st.lists(
    st.tuples(st.sampled_from(("own", "aaa")), st.none() | models().map(canonical).map(encode)), min_size=1, max_size=4
)


def after(before: Head, change: ListingChange) -> Head:
    """The model after a refresh, as the ledger keeps it."""
    made = decided(before, change)
    listings = {key: record for key, record in before.listings.items() if key != change.source_id}
    if change.record is not None:
        listings[change.source_id] = change.record
    if made is None:
        return replace(before, listings=listings)
    live = made.document is not None
    data = encode(made.document) if made.document is not None else before.document
    return replace(
        before, version=before.version + 1, live=live, document=data, pins=tuple(made.pins), listings=listings
    )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(models().map(canonical), steps, st.sampled_from(("", "prices", "context_window", "capabilities", "metadata")))
def test_whatever_sources_say_a_pin_holds_and_leaves_nothing_behind(
    first: pb.Model, said: list[tuple[str, bytes | None]], path: str
) -> None:
    """rollback survives refresh: sources that come, go and change their minds leave what is pinned as it is; without
    the pin the model is what it would be if there had never been one."""
    free = after(head(None), says("own", encode(first)))
    served = decode(free.document or b"")
    pin = ModelPin(path=path, facts=held(served, path), principal="ann") if path else PINNED
    pinned = replace(free, pins=(pin,))
    wanted = held(served, path)
    for source_id, record in said:
        free, pinned = (after(one, says(source_id, record)) for one in (free, pinned))
        if not path:
            assert (pinned.live, pinned.document) == (True, encode(served))
        elif pinned.live:
            assert held(decode(pinned.document or b""), path) == wanted
        assert not path or pinned.live == free.live
    change = unpinned(pinned, [pin], upstream_of(pinned, Sources(OWN, ("own",))), None, publish_saved=True)
    if pinned.live:
        assert change.document == (decode(free.document or b"") if free.live else None)


def test_drift_is_told_when_a_pinned_model_comes_back() -> None:
    """drift is told: a model that returns under the pins of its parts differs from what is said of it."""
    document = facts.merge([("own", canonical(pb.Model(id="acme/one", context_window=1)))])
    pin = ModelPin(path="context_window", facts=held(document, "context_window"))
    gone = replace(head(document, live=False), pins=(pin,))
    change = says("own", record(context_window=2))
    decision = decide({gone.id: gone}, {gone.id: change}, Sources(OWN, ("own",)))
    assert [(one.operation, one.document.context_window) for one in decision.models if one.document] == [
        (Operation.UNDELETE, 1)
    ]
    assert [event.operation.metadata["paths"] for event in decision.events] == ["context_window"]
