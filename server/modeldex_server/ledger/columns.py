"""The columns of a model's head: what lists are filtered and ordered by, all of it derived from the document."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from modeldex.v1 import model_pb2 as pb

_LIMITS = ("context_window", "max_input_tokens", "max_output_tokens")
_MODALITIES = ("input_modalities", "output_modalities")


def head_columns(document: pb.Model) -> dict[str, Any]:
    """The columns by name, as JSON values."""
    lifecycle = document.lifecycle
    return {
        "unlisted": document.unlisted,
        "stage": lifecycle.stage,
        "canonical_id": document.canonical_id,
        "name_key": document.display_name.casefold(),
        "search_text": search_text(document),
        "terms": terms(document),
        **{name: getattr(document, name) if document.HasField(name) else None for name in _LIMITS},  # type: ignore[arg-type]
        "price_input": dollars_a_million(document, "input"),
        "price_output": dollars_a_million(document, "output"),
        "prices": {
            price_key(meter, price.unit, price.currency): price.amount for meter, price in document.prices.items()
        },
        "released_at": _text(moment_of(lifecycle, "release_time")),
        "deprecates_at": _text(moment_of(lifecycle, "deprecation_time")),
        "retires_at": _text(moment_of(lifecycle, "retirement_time")),
    }


def terms(document: pb.Model) -> list[str]:
    """What can be asked of a model by a word: its capabilities, tags and modalities."""
    words = [
        has(name) if value.flag or value.WhichOneof("value") != "flag" else has_not(name)
        for name, value in document.capabilities.items()
    ]
    words += [has(name) for name in _LIMITS if document.HasField(name)]  # type: ignore[arg-type]
    words += [has(name) for name in _MODALITIES if getattr(document, name)]
    words += [tagged(tag) for tag in document.tags]
    words += [takes(modality) for modality in document.input_modalities]
    words += [gives(modality) for modality in document.output_modalities]
    return words


def has(capability: str) -> str:
    """The term of a model that has a capability."""
    return f"cap:{capability}"


def has_not(capability: str) -> str:
    """The term of a model that is known not to have a capability."""
    return f"!cap:{capability}"


def tagged(tag: str) -> str:
    """The term of a model that carries a tag."""
    return f"tag:{tag}"


def takes(modality: int) -> str:
    """The term of a model that takes a kind of input."""
    return f"in:{modality}"


def gives(modality: int) -> str:
    """The term of a model that gives a kind of output."""
    return f"out:{modality}"


def price_key(meter: str, unit: int, currency: str) -> str:
    """The key under which a meter's amount stands."""
    return f"{meter}|{unit}|{currency}"


def search_text(document: pb.Model) -> str:
    """What a text query looks at, in lower case."""
    return "\n".join((document.id, document.display_name, document.family, document.canonical_id)).casefold()


def moment_of(lifecycle: pb.Lifecycle, name: str) -> datetime | None:
    """A time of the life cycle as the store has it: to the microsecond. One that is no time is absent."""
    if not lifecycle.HasField(name):  # type: ignore[arg-type]
        return None
    timestamp: Timestamp = getattr(lifecycle, name)
    try:
        return timestamp.ToDatetime(UTC)
    except (ValueError, OverflowError):  # beyond the year 9999, as in an update that was published long ago
        return None


def dollars_a_million(document: pb.Model, meter: str) -> str | None:
    """The amount of a meter in USD for a million tokens; None where it is unknown, or in another unit or currency."""
    price = document.prices.get(meter)
    in_dollars = price and price.unit == pb.PRICE_UNIT_MILLION_TOKENS and price.currency == "USD"
    return price.amount if price and in_dollars else None


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
