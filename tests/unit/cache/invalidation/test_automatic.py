"""What changes of the catalogue invalidate by themselves."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from modeldex.v1 import invalidation_pb2 as pb
from modeldex.v1 import update_pb2
from modeldex_server.cache.invalidation.automatic import wanted
from modeldex_server.ledger.events import MODEL, PROVIDER
from modeldex_server.ledger.logged import LogRow
from modeldex_server.settings.cache import StrategiesSettings

UPDATED, CAPABILITIES = update_pb2.MODEL_UPDATE_TYPE_UPDATED, update_pb2.MODEL_UPDATE_TYPE_CAPABILITIES_CHANGED


def event(model_id: str, version: int, kind: int = MODEL, type_: int = UPDATED, *, external: bool = False) -> LogRow:
    """An event of a revision."""
    provider_id = model_id.partition("/")[0]
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    return LogRow(UUID(int=1), 9, 0, 9, 0, kind, type_, provider_id, model_id, version, external, None, moment)


def settings(**strategies: dict[str, Any]) -> StrategiesSettings:
    """Settings of strategies."""
    return StrategiesSettings.model_validate(strategies)


EVENTS = [event("zeta/one", 2), event("acme/one", 3, type_=CAPABILITIES), event("acme/two", 1)]


def test_nothing_by_default() -> None:
    """Strategies act by themselves only where settings say so, and they are on."""
    assert wanted(EVENTS, settings()) == []
    off = {"automatic": True, "enabled": False}
    assert wanted(EVENTS, settings(provider_update=off, version_change=off)) == []


def test_each_provider_once() -> None:
    """Changes of models invalidate the entries of their providers, in the mode of the settings."""
    requests = wanted(EVENTS, settings(provider_update={"automatic": True, "mode": "hard"}))
    assert [request.target.provider_id for request in requests] == ["acme", "zeta"]
    assert {request.mode for request in requests} == {pb.INVALIDATION_MODE_HARD}
    assert {request.reason for request in requests} == {pb.INVALIDATION_REASON_PROVIDER_UPDATE}


def test_each_model_with_its_reason() -> None:
    """Each model that changed, softly unless settings say otherwise; where its capabilities did, that is the reason."""
    requests = wanted(EVENTS, settings(version_change={"automatic": True}))
    assert [(request.target.key, request.reason, request.mode) for request in requests] == [
        ("zeta/one", pb.INVALIDATION_REASON_VERSION_CHANGE, pb.INVALIDATION_MODE_SOFT),
        ("acme/one", pb.INVALIDATION_REASON_CAPABILITY_CHANGE, pb.INVALIDATION_MODE_SOFT),
        ("acme/two", pb.INVALIDATION_REASON_VERSION_CHANGE, pb.INVALIDATION_MODE_SOFT),
    ]


def test_what_changes_no_model_invalidates_nothing() -> None:
    """What callers publish, and what is told of providers, changes no model."""
    both = settings(provider_update={"automatic": True}, version_change={"automatic": True})
    assert wanted([event("acme/one", 0, external=True), event("acme", 0, kind=PROVIDER)], both) == []
