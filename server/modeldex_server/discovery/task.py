"""A refresh as it is asked for: a source under its lease, all of it or a part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from modeldex_server.discovery.sources.source import FetchLimits, Source
from modeldex_server.store.leases import Lease

WRITE_SECONDS = 30.0  # for one revision


@dataclass(frozen=True, slots=True)
class Task:
    """What to refresh: a source under its lease, all of it or some providers of it."""

    source: Source
    lease: Lease
    limits: FetchLimits
    removal_threshold: int
    only: frozenset[str] | None = None
    own_providers: Mapping[str, str] = field(default_factory=dict)  # provider id -> its own source, where one is on
