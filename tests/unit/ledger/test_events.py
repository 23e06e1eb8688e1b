"""What is told beside the versions of models."""

from __future__ import annotations

import pytest
from hypothesis import given

from modeldex.v1 import model_pb2
from modeldex.v1 import update_pb2 as pb
from modeldex_server.ledger import diff
from modeldex_server.ledger.changes import MOST_EVENTS, Decision
from modeldex_server.ledger.documents import canonical
from modeldex_server.ledger.events import (
    CapabilityMoves,
    capability_moves,
    capability_updates,
    event_rows,
    status_rows,
)
from support.models import models

STATUS_CHANGED = pb.PROVIDER_UPDATE_TYPE_STATUS_CHANGED


def documents() -> object:
    return models().map(canonical)


def provider_event(*, external: bool) -> pb.UpdateEvent:
    update = pb.ProviderUpdate(type=STATUS_CHANGED, provider_id="acme", status=3, availability=3)
    return pb.UpdateEvent(provider=update, external=external)


@given(documents(), documents())
def test_a_capability_is_gained_lost_or_changed_or_none_of_these(
    before: model_pb2.Model, after: model_pb2.Model
) -> None:
    """capability events: known where it was not, not known any more, or known with another value."""
    moves = capability_moves(before, after, diff.diff(before, after))
    old, new = before.capabilities, after.capabilities
    assert set(moves.gained) == new.keys() - old.keys()
    assert set(moves.lost) == old.keys() - new.keys()
    # An empty text and no value at all are one fact, as in the list of changes.
    facts, others = diff.leaves(before), diff.leaves(after)
    differ = {name for name in old.keys() & new.keys() if facts[path(name)] != others[path(name)]}
    assert set(moves.changed) == differ


def path(name: str) -> str:
    document = model_pb2.Model()
    document.capabilities[name].flag = True
    return next(iter(diff.leaves(document)))


@given(documents())
def test_a_model_comes_and_goes_with_all_its_capabilities(document: model_pb2.Model) -> None:
    """capability events: a model that comes gains all it has, one that goes loses all; known as false is known."""
    names = set(document.capabilities)
    came, went = capability_moves(None, document, []), capability_moves(document, None, [])
    assert (set(came.gained), list(came.lost), list(came.changed)) == (names, [], [])
    assert (list(went.gained), set(went.lost), list(went.changed)) == ([], names, [])


def test_one_event_tells_of_all_models_of_a_capability() -> None:
    """capability events: one a revision for each capability, whatever number of models moved, sorted."""
    updates = capability_updates(
        [
            ("acme/a", CapabilityMoves(gained=["vision", "batch"])),
            ("acme/b", CapabilityMoves(lost=["vision"])),
            ("acme/c", CapabilityMoves(gained=["vision"], changed=["batch"])),
        ]
    )
    updated = pb.CAPABILITY_UPDATE_TYPE_UPDATED
    assert updates == [
        pb.CapabilityUpdate(
            type=updated, capability="batch", gained_model_ids=["acme/a"], changed_model_ids=["acme/c"]
        ),
        pb.CapabilityUpdate(
            type=updated, capability="vision", gained_model_ids=["acme/a", "acme/c"], lost_model_ids=["acme/b"]
        ),
    ]


@pytest.mark.parametrize(
    "event",
    [
        pb.UpdateEvent(),
        pb.UpdateEvent(external=True),
        pb.UpdateEvent(model=pb.ModelUpdate(model_id="acme/one")),
        pb.UpdateEvent(model=pb.ModelUpdate(model_id="acme/one", version=1), external=True),
    ],
)
def test_what_only_versions_may_tell_is_refused(event: pb.UpdateEvent) -> None:
    """gap-free log: updates of the catalogue's models come from their versions, and external ones have none."""
    with pytest.raises(ValueError, match=r"external"):
        event_rows(Decision(events=[event]), [], [], start=0)


def test_a_revision_has_an_end() -> None:
    """bounded pages: no revision has more events beside those of its models than a page of the log can hold."""
    event = provider_event(external=True)
    assert len(event_rows(Decision(events=[event] * MOST_EVENTS), [], [], start=0)) == MOST_EVENTS
    with pytest.raises(ValueError, match=str(MOST_EVENTS)):
        event_rows(Decision(events=[event] * (MOST_EVENTS + 1)), [], [], start=0)


def test_an_external_status_is_not_kept() -> None:
    """external updates: what a caller publishes of a provider is told and changes nothing."""
    own, external = provider_event(external=False), provider_event(external=True)
    assert [row["provider_id"] for row in status_rows(Decision(events=[own, external]))] == ["acme"]
    assert list(status_rows(Decision(events=[external]))) == []
