"""Upstream: what the sources together say of a model. Pure, but for who asks which sources there are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from modeldex.v1 import model_pb2 as pb
from modeldex_server.catalogue import facts
from modeldex_server.ledger.changes import Head
from modeldex_server.ledger.documents import decode


@dataclass(frozen=True, slots=True)
class Sources:
    """Which sources count before others, and which have said all that they have."""

    own: Mapping[str, str]  # provider id -> its own source, where one is on: what it says counts before all others
    complete: Collection[str]  # the own sources that have given a complete listing: what one of them lacks is unlisted


class Upstream(Protocol):
    """Whoever knows the sources."""

    async def sources(self) -> Sources:
        """The sources as they are now.

        Raises:
            StoreUnavailable.
        """
        ...


def upstream_of(head: Head, sources: Sources) -> pb.Model | None:
    """The document that the sources make of a model; None where none of them lists it. The head needs its listings."""
    if not head.listings:
        return None
    own = sources.own.get(head.id.partition("/")[0], "")
    document = facts.merge([(source_id, decode(head.listings[source_id])) for source_id in _by_trust(head, own)])
    document.unlisted = own in sources.complete and own not in head.listings
    return document


def _by_trust(head: Head, own: str) -> list[str]:
    """The provider's own source first, then catalogues by name."""
    return sorted(head.listings, key=lambda source_id: (source_id != own, source_id))
