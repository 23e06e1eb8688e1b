"""From what sources say to what is served."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import permutations

import pytest

from modeldex.v1 import model_pb2 as pb
from modeldex_server.catalogue import facts
from modeldex_server.discovery.merging import decide
from modeldex_server.ledger.changes import Head, ListingChange, ModelChange, Operation
from modeldex_server.ledger.documents import canonical, encode

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
    models = decide({before.id: before}, changes, OWN, complete).models
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
