"""What entries take of memory beyond their values, each time in a fresh process, beside a bare TLRUCache."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from benchmarks.cache_filling import filled
from benchmarks.case import Bar, Case, Plan
from benchmarks.rounds import Reading, Turn

_ENTRIES = 100_000


@contextmanager
def _open(_plan: Plan) -> Iterator[Mapping[str, Turn]]:
    yield {
        "TLRUCache": lambda: Reading(filled("bare", _ENTRIES).bookkeeping),
        "modeldex": lambda: _filled("memory"),
        "modeldex, after ten times as many": lambda: _filled("churned"),
    }


def _filled(kind: str) -> Reading:
    found = filled(kind, _ENTRIES)
    return Reading(found.bookkeeping, {"own figure/resident": found.told / found.resident})


CASE = Case(
    name="cache_memory",
    title=f"resident bytes of each of {_ENTRIES:,} entries beyond its value",
    unit="bytes",
    open=_open,
    base="TLRUCache",
    bars=(
        Bar("modeldex", 700),
        Bar("modeldex", 2, of="ratio"),
        Bar("modeldex", 0.85, at_least=True, of="own figure/resident"),
        Bar("modeldex", 1.15, of="own figure/resident"),
        Bar("modeldex, after ten times as many", 0.85, at_least=True, of="own figure/resident"),
    ),
    rounds=3,
)
