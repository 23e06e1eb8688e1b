"""What of an event somebody may see."""

from __future__ import annotations

from typing import Any

import pytest
from logs import EPOCH, MOMENT, change, selection

from modeldex.v1 import condition_pb2
from modeldex.v1 import subscriber_service_pb2 as api
from modeldex.v1 import update_pb2 as pb
from modeldex_server.feed.encoding import encode
from modeldex_server.feed.sight import seen
from modeldex_server.ledger.events import KINDS
from modeldex_server.ledger.log import Revision
from modeldex_server.ledger.logged import LoggedEvent
from modeldex_server.security.scope import EVERYTHING, Scope

ACME = Scope(frozenset({"acme"}))
AWAY = pb.LIFECYCLE_MILESTONE_RETIREMENT


def event(update: Any, kind: str, *, external: bool = False) -> LoggedEvent:
    """An event as the log has it, by the update that it tells."""
    return LoggedEvent(
        epoch=EPOCH, head=5, compacted=0, revision=5, ordinal=0, kind=KINDS[kind], type=1,
        provider_id=getattr(update, "provider_id", ""), model_id=getattr(update, "model_id", ""), version=0,
        external=external, body=update.SerializeToString(), previous_version=0, committed_at=MOMENT, principal="ann",
        source_id="", reason="", after_document=None, created_at=None, stored_changes=None, before_document=None,
        before_revision=None, before_created_at=None, before_committed_at=None,
    )  # fmt: skip


def of_capability(**ids: list[str]) -> LoggedEvent:
    return event(pb.CapabilityUpdate(type=3, capability="vision", **ids), "capability")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("told", "visible"),
    [
        (change(5, "acme/one"), True),
        (event(pb.ProviderUpdate(type=1, provider_id="acme"), "provider"), True),
        (event(pb.ProviderUpdate(type=1, provider_id="openai"), "provider"), False),
        (event(pb.LifecycleUpdate(model_id="acme/one", provider_id="acme", milestone=AWAY), "lifecycle"), True),
        (event(pb.LifecycleUpdate(model_id="openai/a", provider_id="openai", milestone=AWAY), "lifecycle"), False),
        (event(pb.OperationUpdate(type=4, provider_id="acme"), "operation"), True),
        (event(pb.OperationUpdate(type=4, provider_id="openai"), "operation"), False),
        (event(pb.OperationUpdate(type=2, model_id="acme/one"), "operation"), True),
        (event(pb.OperationUpdate(type=2, model_id="openai/a"), "operation"), False),
        (event(pb.OperationUpdate(type=5, message="all"), "operation"), True),
        (event(pb.ModelUpdate(type=1, model_id="openai/a", provider_id="openai"), "model", external=True), False),
        (of_capability(), True),
        (of_capability(gained_model_ids=["acme/one"]), True),
        (of_capability(gained_model_ids=["openai/a"], lost_model_ids=["openai/b"], changed_model_ids=["x/y"]), False),
    ],
)  # fmt: skip
def test_an_event_is_seen_with_its_provider_and_one_of_none_by_all(told: LoggedEvent, visible: bool) -> None:
    """provider rights: kind by kind, and also where updates are joined; who may see everything sees it as it is."""
    assert (seen(told, ACME) is told) == visible
    assert seen(told, EVERYTHING) is told
    assert bool(encode(told, selection(scope=ACME))) == visible
    assert bool(selection(scope=ACME, coalesced=True).latest([Revision(5, [told])])) == visible


def test_a_change_of_a_hidden_model_is_no_change_of_a_stream() -> None:
    """provider rights: neither by itself nor joined to others."""
    told = change(5, "openai/a")
    told.provider_id = "openai"
    assert encode(told, selection(scope=ACME)) == b""
    assert selection(scope=ACME, coalesced=True).latest([Revision(5, [told]), Revision(6, [told])]) == []


def test_an_update_of_a_capability_names_only_models_that_are_seen() -> None:
    """provider rights: what others see of the same event is as it was told."""
    told = of_capability(
        gained_model_ids=["acme/one", "openai/a"], lost_model_ids=["openai/b"], changed_model_ids=["acme/two", "x/y"]
    )
    data = encode(told, selection(scope=ACME))
    (update,) = api.WatchResponse.FromString(data).updates
    assert list(update.capability.gained_model_ids) == ["acme/one"]
    assert list(update.capability.lost_model_ids) == []
    assert list(update.capability.changed_model_ids) == ["acme/two"]
    assert (update.revision, update.principal, update.capability.capability) == (5, "ann", "vision")
    assert b"openai" not in data
    (whole,) = api.WatchResponse.FromString(encode(told, selection())).updates
    assert list(whole.capability.gained_model_ids) == ["acme/one", "openai/a"]


@pytest.mark.parametrize(("model_id", "matches"), [("acme/one", True), ("openai/a", False), ("openai/b", False)])
def test_a_filter_is_asked_about_what_is_seen_only(model_id: str, matches: bool) -> None:
    """provider rights: a filter that names a hidden model and matches would tell that it is there."""
    told = of_capability(gained_model_ids=["acme/one", "openai/a"])
    wanted = condition_pb2.EventFilter(type=condition_pb2.EVENT_FILTER_TYPE_CAPABILITY)
    one = wanted.conditions.add(field="model_ids", operator=condition_pb2.CONDITION_OPERATOR_CONTAINS)
    one.value.string_value = model_id
    assert bool(encode(told, selection(wanted, scope=ACME))) == matches


def test_streams_of_different_scopes_share_nothing() -> None:
    """provider rights: what was encoded for one class is sent to that class only."""
    assert selection().key != selection(scope=ACME).key
    assert selection(scope=ACME).key == selection(scope=Scope(frozenset({"acme"}))).key
