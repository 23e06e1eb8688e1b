"""Sight: what of an event whoever has a scope may see."""

from __future__ import annotations

from modeldex.v1 import update_pb2 as pb
from modeldex_server.ledger.events import CAPABILITY
from modeldex_server.ledger.logged import LoggedEvent
from modeldex_server.security.scope import Scope


def seen(event: LoggedEvent, scope: Scope) -> LoggedEvent | None:
    """The event as far as it may be seen; None where nothing of it may.

    What is about a provider or a model is seen with that provider. An update of a capability names the models that are
    seen, and where it named others only there is none. What is about neither, as the definition of a capability, is
    seen by all. A filter is asked about what is seen only: it would tell of the rest by matching.
    """
    if scope.providers is None:
        return event
    if event.provider_id and not scope.covers(event.provider_id):
        return None
    if event.model_id and not scope.covers_model(event.model_id):
        return None
    return _of_capability(event, scope) if event.kind == CAPABILITY else event


def _of_capability(event: LoggedEvent, scope: Scope) -> LoggedEvent | None:
    told: pb.CapabilityUpdate = event.message()
    named = (told.gained_model_ids, told.lost_model_ids, told.changed_model_ids)
    gained, lost, changed = ([one for one in ids if scope.covers_model(one)] for ids in named)
    if len(gained) + len(lost) + len(changed) == sum(map(len, named)):
        return event
    if not (gained or lost or changed):
        return None
    return event.telling(
        pb.CapabilityUpdate(
            type=told.type,
            capability=told.capability,
            gained_model_ids=gained,
            lost_model_ids=lost,
            changed_model_ids=changed,
        )
    )
