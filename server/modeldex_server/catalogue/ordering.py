"""The order of a list in memory: the same as `listing.py` asks of the store, for models that it cannot order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any, Protocol

from modeldex.v1 import discovery_service_pb2 as api
from modeldex.v1 import model_pb2 as pb
from modeldex_server.catalogue.listing import Position
from modeldex_server.ledger import columns


class Comparable(Protocol):
    """A text, a number or a time: of one kind in one order."""

    def __lt__(self, other: Any, /) -> bool: ...


class Stored(Protocol):
    """A version as it is stored, from which the bytes of the whole `Model` are made where they are wanted."""

    @property
    def model(self) -> bytes: ...

    @property
    def document(self) -> bytes: ...

    @property
    def revision(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Listed:
    """A model of a list, and what it is ordered by; None: unknown."""

    value: Comparable | None
    id: str
    version: Stored


@dataclass(frozen=True, slots=True)
class _Field:
    """`read` gives the value of a model, `parse` that of its text."""

    read: Callable[[pb.Model], Comparable | None]
    parse: Callable[[str], Comparable]


class Order:
    """The order that a request asks for."""

    def __init__(self, request: api.ListModelsRequest) -> None:
        self._field = _FIELDS[request.sort_field]
        self.descending = request.descending
        self.by_id = self._field is _BY_ID

    def listed(self, document: pb.Model, version: Stored) -> Listed:
        """A version with its place. `document` is that of the version, which gets its revision here."""
        document.revision = version.revision
        return Listed(self._field.read(document), document.id, version)

    def position(self, last: Listed) -> Position:
        """Where a page ends."""
        return Position(None if last.value is None else str(last.value), last.id)

    def first(self, models: Iterable[Listed], most: int) -> list[Listed]:
        """The first of some models, in order."""
        by_id = sorted(models, key=attrgetter("id"))
        known = [one for one in by_id if one.value is not None]
        # Those of equal values stay ordered by id, in either direction.
        known.sort(key=attrgetter("value"), reverse=self.descending)
        return [*known, *(one for one in by_id if one.value is None)][:most]

    def follows(self, position: Position | None) -> Callable[[Listed], bool]:
        """Whether a model comes after a position."""
        if position is None:
            return lambda listed: True
        last = position.id
        if position.sort_value is None:
            return lambda listed: listed.value is None and listed.id > last
        value, descending = self._field.parse(position.sort_value), self.descending

        def follows(listed: Listed) -> bool:
            if listed.value is None:
                return True
            if listed.value == value:
                return listed.id > last
            return (listed.value < value) is descending

        return follows


def _present(name: str) -> Callable[[pb.Model], Comparable | None]:
    return lambda model: getattr(model, name) if model.HasField(name) else None  # type: ignore[arg-type] # a limit's


def _price(meter: str) -> Callable[[pb.Model], Comparable | None]:
    def read(model: pb.Model) -> Decimal | None:
        amount = columns.dollars_a_million(model, meter)
        return None if amount is None else Decimal(amount)

    return read


def _moment(name: str) -> Callable[[pb.Model], Comparable | None]:
    return lambda model: columns.moment_of(model.lifecycle, name)


_BY_ID = _Field(attrgetter("id"), str)
_FIELDS: dict[int, _Field] = {
    api.MODEL_SORT_FIELD_UNSPECIFIED: _BY_ID,
    api.MODEL_SORT_FIELD_ID: _BY_ID,
    api.MODEL_SORT_FIELD_DISPLAY_NAME: _Field(lambda model: model.display_name.casefold(), str),
    api.MODEL_SORT_FIELD_CONTEXT_WINDOW: _Field(_present("context_window"), int),
    api.MODEL_SORT_FIELD_MAX_OUTPUT_TOKENS: _Field(_present("max_output_tokens"), int),
    api.MODEL_SORT_FIELD_INPUT_PRICE: _Field(_price("input"), Decimal),
    api.MODEL_SORT_FIELD_OUTPUT_PRICE: _Field(_price("output"), Decimal),
    api.MODEL_SORT_FIELD_RELEASE_TIME: _Field(_moment("release_time"), datetime.fromisoformat),
    api.MODEL_SORT_FIELD_RETIREMENT_TIME: _Field(_moment("retirement_time"), datetime.fromisoformat),
    api.MODEL_SORT_FIELD_REVISION: _Field(attrgetter("revision"), int),
}
