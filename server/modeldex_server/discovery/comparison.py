"""What a listing changes against what its source said before: pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from modeldex_server.discovery.sources.rows import fingerprint, to_json
from modeldex_server.discovery.sources.source import Listing, RawRow, RecordRejected, Source
from modeldex_server.ledger.changes import ListingChange
from modeldex_server.ledger.documents import canonical, encode


@dataclass(frozen=True, slots=True)
class Known:
    """What a source said of a model at its last refresh."""

    model_id: str
    provider_id: str
    raw_hash: bytes
    missed: int


@dataclass(frozen=True, slots=True)
class Difference:
    """What a complete listing of one provider comes to."""

    provider_id: str
    total: int  # records that are models
    changes: Sequence[ListingChange]  # new, changed and gone
    missed: Sequence[str]  # known, not listed, not yet gone
    seen_again: Sequence[str]  # missed before, listed now as they were
    rejected: Sequence[str]  # one line each, for the log


def compare(source: Source, listing: Listing, known: Mapping[str, Known], *, threshold: int) -> Difference:
    """Compare a complete listing with what the source said of the same provider before.

    Args:
        source: maps the records that are new or changed.
        listing: all records of one provider.
        known: model id -> what was said before, of this provider.
        threshold: how many complete listings in a row must lack a model before it is gone.
    """
    provider_id = listing.provider.id
    changes: list[ListingChange] = []
    rejected = list(listing.rejected)
    seen: set[str] = set()
    again: list[str] = []
    unreadable = 0
    for row in listing.rows:
        model_id = f"{provider_id}/{row.provider_model_id}"
        seen.add(model_id)
        raw_hash = _hash(source, row)
        before = known.get(model_id)
        if before is not None and before.raw_hash == raw_hash:
            if before.missed:
                again.append(model_id)
            continue
        try:
            record = encode(canonical(source.map(provider_id, row)))
        except RecordRejected as rejection:
            unreadable += 1
            rejected.append(f"{model_id}: {rejection.problem}")
            continue
        changes.append(ListingChange(source.id, model_id, provider_id, raw_hash, record, to_json(row.raw)))
    absent = [before for model_id, before in known.items() if model_id not in seen]
    gone = [before.model_id for before in absent if before.missed + 1 >= threshold]
    changes += [ListingChange(source.id, model_id, provider_id) for model_id in gone]
    missed = [before.model_id for before in absent if before.missed + 1 < threshold]
    return Difference(provider_id, len(listing.rows) - unreadable, changes, missed, again, rejected)


def by_provider(known: Sequence[Known]) -> Mapping[str, Mapping[str, Known]]:
    """What a source said, by provider and model."""
    grouped: dict[str, dict[str, Known]] = {}
    for one in known:
        grouped.setdefault(one.provider_id, {})[one.model_id] = one
    return grouped


def chunks(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    """The items in runs of at most a size."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _hash(source: Source, row: RawRow) -> bytes:
    # The version of the mapping is part of it: a mapping that learned something looks at every record again.
    return fingerprint(row.raw)[:16] + source.mapping_version.to_bytes(4)
