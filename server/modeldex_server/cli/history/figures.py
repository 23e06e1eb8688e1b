"""The history in figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from modeldex_server.cli.terminal import texts
from modeldex_server.cli.terminal.cards import Card

if TYPE_CHECKING:
    from modeldex.v1.history_service_pb2 import GetVersionStatsResponse

_NAMED = 5  # models
_DAYS = 7


def lines(answer: GetVersionStatsResponse, width: int | None, *, colour: bool) -> Iterator[str]:
    """Versions, rollbacks and pins."""
    card = Card(width, colour)
    purged = f", of {answer.purged_versions:,} only number and hash are kept" if answer.purged_versions else ""
    card.add("versions", f"{answer.total_versions:,}{purged}")
    card.add("by operation", _counts(answer.versions_by_operation, "MODEL_VERSION_OPERATION_"))
    card.add("a model", f"{answer.average_versions_per_model:,.1f} on average")
    card.add("most", _most(answer))
    card.add("last 30 days", texts.plural(answer.recent_versions, "version"))
    card.add_all("by day", _days(answer.version_frequency))
    card.add("rollbacks", f"{answer.rollback_count:,} executed")
    card.add("requests", _counts(answer.rollbacks_by_state, "ROLLBACK_STATE_"))
    card.add("pinned", texts.plural(answer.pinned_models, "model"))
    return card.lines()


def _counts(counts: Mapping[str, int], prefix: str) -> str:
    """ "update 120, create 20"; the most first."""
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{texts.safe(name.removeprefix(prefix).lower())} {count:,}" for name, count in ordered)


def _most(answer: GetVersionStatsResponse) -> str:
    ordered = sorted(answer.versions_by_model.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{texts.safe(id)} {count:,}" for id, count in ordered[:_NAMED])


def _days(frequency: Mapping[str, int]) -> Iterator[str]:
    """The last days with any, newest first."""
    for day in sorted(frequency, reverse=True)[:_DAYS]:
        yield f"{texts.safe(day)}  {frequency[day]:,}"
