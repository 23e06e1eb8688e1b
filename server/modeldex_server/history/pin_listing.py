"""Lists of the pins in force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from modeldex.v1.history_pb2 import ModelPin, ModelVersion
from modeldex_server.security.scope import Scope
from modeldex_server.store.database import Database, Moment
from modeldex_server.wire import fitting

_PAGE = """
SELECT id, pins FROM model
WHERE pins IS NOT NULL AND live AND id > %(after)s::text
  AND (%(model_id)s::text = '' OR id = %(model_id)s)
  AND (%(provider_id)s::text = '' OR provider_id = %(provider_id)s)
  AND (%(seen)s::text[] IS NULL OR provider_id = ANY(%(seen)s))
ORDER BY id LIMIT %(limit)s"""
_HEAD = "SELECT revision FROM ledger_head"


@dataclass(frozen=True, slots=True)
class PinPage:
    """The pins of some models; `next` is the last of these where there are more."""

    pins: Sequence[ModelPin]
    next: str | None
    revision: int


@dataclass(frozen=True, slots=True)
class _Row:
    id: str
    pins: bytes


@dataclass(frozen=True, slots=True)
class _Head:
    revision: int


class PinList:
    """The pins of all models."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, after: str, size: int, scope: Scope, *, model_id: str = "", provider_id: str = "") -> PinPage:
        """The pins of at most `size` models after one, "" for the first, by model and path; of fewer where they have
        megabytes of facts.

        Raises:
            StoreUnavailable.
        """
        parameters = {
            "after": after,
            "limit": size + 1,
            "seen": scope.listed,
            "model_id": model_id,
            "provider_id": provider_id,
        }

        async def read(moment: Moment) -> PinPage:
            (head,) = await moment.rows(_Head, _HEAD)
            rows = await moment.rows(_Row, _PAGE, parameters)
            shown = rows[: fitting(len(row.pins) for row in rows[:size])]
            pins = [pin for row in shown for pin in _pins(row)]
            return PinPage(pins, shown[-1].id if len(shown) < len(rows) else None, head.revision)

        return await self._database.at_one_moment(read)


def _pins(row: _Row) -> Sequence[ModelPin]:
    pins = ModelVersion.FromString(row.pins).pins
    for pin in pins:
        pin.model_id = row.id
    return pins
