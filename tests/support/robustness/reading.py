"""A second reading of what watches ask for: which updates of the log must come on a stream, and as what.

It knows the few filters that random runs make, and shares nothing with the server.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from modeldex.v1 import condition_pb2, model_pb2
from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import update_pb2 as pb
from support.watching import Place, place

_KINDS = {
    "WatchModelUpdatesRequest": "model",
    "WatchProviderUpdatesRequest": "provider",
    "WatchCapabilityUpdatesRequest": "capability",
}
_ENTERED, _CHANGED, _LEFT = (
    pb.UPDATE_TRANSITION_ENTERED,
    pb.UPDATE_TRANSITION_CHANGED,
    pb.UPDATE_TRANSITION_LEFT,
)


def expected(request: Any, updates: Iterable[pb.UpdateEvent]) -> Iterator[tuple[Place, int]]:
    """The places of the updates that a request, or a subscription, asks for, each with its transition."""
    for update in updates:
        if (transition := wanted(request, update)) is not None:
            yield place(update), transition


def wanted(request: Any, update: pb.UpdateEvent) -> int | None:
    """The transition of an update on a stream, 0 for none; None where it must not come."""
    kind = update.WhichOneof("update")
    only = "model" if _of_models(request) else _KINDS.get(type(request).__name__, kind)
    if kind != only:
        return None
    if kind != "model":
        return 0 if not request.filters else None
    told = update.model
    before = told.HasField("before") and holds(request, told.before)
    after = told.HasField("after") and holds(request, told.after)
    if not (before or after):
        return None
    if update.external:
        return 0
    return _CHANGED if before and after else _ENTERED if after else _LEFT


def holds(request: Any, model: model_pb2.Model) -> bool:
    """Whether a model is among those that a request asks for."""
    if _of_models(request) and not _matches(request.models, model):
        return False
    return not request.filters or any(_meets(one, model) for one in request.filters)


def _of_models(request: Any) -> bool:
    return "models" in request.DESCRIPTOR.fields_by_name and bool(request.HasField("models"))


def _matches(wanted: discovery.ModelFilter, model: model_pb2.Model) -> bool:
    return (
        (not wanted.provider_ids or model.id.partition("/")[0] in wanted.provider_ids)
        and set(wanted.tags) <= set(model.tags)
        and (not wanted.HasField("min_context_window") or model.context_window >= wanted.min_context_window)
        and all(model.capabilities[name].flag for name in wanted.capabilities_true if name in model.capabilities)
        and all(name in model.capabilities for name in wanted.capabilities_true)
    )


def _meets(one: condition_pb2.EventFilter, model: model_pb2.Model) -> bool:
    met = [_is_so(condition, model) for condition in one.conditions]
    return any(met) if one.join == condition_pb2.CONDITION_JOIN_OR else all(met)


def _is_so(condition: condition_pb2.Condition, model: model_pb2.Model) -> bool:
    value = getattr(model, condition.field)
    match condition.operator:
        case condition_pb2.CONDITION_OPERATOR_EQUALS:
            return bool(value == condition.value.string_value)
        case condition_pb2.CONDITION_OPERATOR_GREATER_THAN:
            return bool(value > condition.value.number_value)
    raise ValueError(condition.operator)
