"""The strategies that act by themselves: what a change of the catalogue invalidates of callers' entries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from psycopg.rows import class_row

from modeldex.v1 import cache_service_pb2 as api
from modeldex.v1 import invalidation_pb2 as pb
from modeldex.v1 import update_pb2
from modeldex_server.settings.cache import AutomaticStrategySettings, StrategiesSettings
from modeldex_server.store.database import Connection

_MODES = {"soft": pb.INVALIDATION_MODE_SOFT, "hard": pb.INVALIDATION_MODE_HARD}

# Entries of a model that hold its current version are right: what is answered to may be some versions ago by now.
_PLACES = """
SELECT DISTINCT e.namespace, e.key, '' AS provider_id, m.version
FROM cache_entry e JOIN model m ON m.id = e.key
WHERE e.key = ANY(%(keys)s) AND e.model_version <> m.version
UNION ALL
SELECT DISTINCT namespace, '' AS key, provider_id, 0::bigint AS version
FROM cache_entry WHERE provider_id = ANY(%(provider_ids)s)
ORDER BY namespace, key, provider_id"""


class Change(Protocol):
    """An event of the catalogue's log."""

    @property
    def type(self) -> int: ...
    @property
    def provider_id(self) -> str: ...
    @property
    def model_id(self) -> str: ...
    @property
    def version(self) -> int:
        """0 where it tells of no version."""
        ...


@dataclass(frozen=True, slots=True)
class _Place:
    """A namespace that holds entries of a provider, or of a model in other versions than the current one."""

    namespace: str
    key: str
    provider_id: str
    version: int

    def within(self, request: api.InvalidateRequest) -> api.InvalidateRequest:
        """An invalidation, of this namespace only."""
        placed = api.InvalidateRequest(namespace=self.namespace)
        placed.MergeFrom(request)
        if self.key:
            placed.expected_version = self.version
        return placed


def wanted(events: Iterable[Change], settings: StrategiesSettings) -> list[api.InvalidateRequest]:
    """What the events of one revision invalidate: each provider once, then each key."""
    changes = [event for event in events if event.version]
    return [*_of_providers(changes, settings.provider_update), *_of_models(changes, settings.version_change)]


async def in_namespaces(
    connection: Connection, requests: Sequence[api.InvalidateRequest]
) -> list[api.InvalidateRequest]:
    """The same for each namespace that holds such entries: after most changes of the catalogue none does. Copies of its
    own models, which need none of it, are left alone so."""
    if not requests:
        return []
    targets = [request.target for request in requests]
    cursor = connection.cursor(row_factory=class_row(_Place))
    await cursor.execute(
        _PLACES,
        {
            "keys": [target.key for target in targets if target.key],
            "provider_ids": [target.provider_id for target in targets if target.provider_id],
        },
    )
    places: dict[tuple[str, str], list[_Place]] = {}
    for place in await cursor.fetchall():
        places.setdefault((place.key, place.provider_id), []).append(place)
    return [
        place.within(request)
        for request in requests
        for place in places.get((request.target.key, request.target.provider_id), ())
    ]


def _of_providers(changes: Iterable[Change], settings: AutomaticStrategySettings) -> Iterator[api.InvalidateRequest]:
    if not (settings.enabled and settings.automatic):
        return
    for provider_id in sorted({event.provider_id for event in changes}):
        yield api.InvalidateRequest(
            target=pb.InvalidationTarget(provider_id=provider_id),
            reason=pb.INVALIDATION_REASON_PROVIDER_UPDATE,
            mode=_MODES[settings.mode],
        )


def _of_models(changes: Iterable[Change], settings: AutomaticStrategySettings) -> Iterator[api.InvalidateRequest]:
    if not (settings.enabled and settings.automatic):
        return
    for event in changes:
        capabilities = event.type == update_pb2.MODEL_UPDATE_TYPE_CAPABILITIES_CHANGED
        yield api.InvalidateRequest(
            target=pb.InvalidationTarget(key=event.model_id),
            reason=pb.INVALIDATION_REASON_CAPABILITY_CHANGE if capabilities else pb.INVALIDATION_REASON_VERSION_CHANGE,
            mode=_MODES[settings.mode],
        )
