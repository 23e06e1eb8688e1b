"""Parts of requests that both halves need."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TypedDict

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

BATCH_IDS = 1000  # the most ids that a BatchGetModels takes
LARGEST_PAGE = 500


class AsOf(TypedDict, total=False):
    """At most one of the two."""

    as_of_time: Timestamp | None
    as_of_revision: int


def request_id(told: str | None) -> str:
    """What makes a write safe to send again: a fresh UUID where the caller gives none."""
    if told is not None:
        return told
    from uuid import uuid4  # noqa: PLC0415 - only writes need it

    return str(uuid4())


def batches(ids: Iterable[str]) -> Iterator[list[str]]:
    """The ids in batches as large as may be."""
    remaining = iter(ids)
    while batch := list(islice(remaining, BATCH_IDS)):
        yield batch


def page_size(told: int, limit: int | None) -> int:
    """The size of pages: as told; else the largest, since few large calls cost less than many small ones."""
    if told:
        return told
    return LARGEST_PAGE if limit is None else max(1, min(limit, LARGEST_PAGE))


def words(told: str | Iterable[str]) -> Iterable[str]:
    """One word, or several; a single one is not taken for its letters."""
    return [told] if isinstance(told, str) else told


def moment(told: datetime | None) -> Timestamp | None:
    """A point in time as the contract has it; one without a zone is local, as everywhere in Python."""
    if told is None:
        return None
    stamp = Timestamp()
    stamp.FromDatetime(told.astimezone(UTC))
    return stamp


def as_of(told: datetime | int | None) -> AsOf:
    """The fields of a request for the past: a time, or the number of a revision."""
    if told is None:
        return {}
    return {"as_of_time": moment(told)} if isinstance(told, datetime) else {"as_of_revision": told}


def span(told: timedelta | None) -> Duration | None:
    """A span of time as the contract has it."""
    if told is None:
        return None
    duration = Duration()
    duration.FromTimedelta(told)
    return duration
