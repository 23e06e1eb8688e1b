"""The document of a model: its canonical form, and the envelope of a version around it.

A document is stored as the deterministic bytes of a canonical `Model` without its envelope, so equal documents are
equal bytes, whatever the order of their sets and keys and however their decimals were spelled.
"""

from __future__ import annotations

from collections.abc import MutableSequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from modeldex.v1 import model_pb2 as pb

_SETS = ("tags", "alternatives", "listed_by", "input_modalities", "output_modalities")
_ENVELOPE = ("version", "revision", "create_time", "update_time", "availability")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def canonical(model: pb.Model) -> pb.Model:
    """A copy in canonical form: no envelope, nothing that the contract does not know, sets sorted without repetition,
    decimals plain, empty parts absent."""
    document = pb.Model()
    document.CopyFrom(model)
    document.DiscardUnknownFields()
    for name in _ENVELOPE:
        document.ClearField(name)  # type: ignore[arg-type]
    document.provider_id, _, document.provider_model_id = document.id.partition("/")
    for name in _SETS:
        _make_set(getattr(document, name))
    for value in document.capabilities.values():
        if value.WhichOneof("value") == "list":
            _make_set(value.list.values)
    for price in document.prices.values():
        _canonical_price(price)
    for part in ("lifecycle", "metadata"):
        if document.HasField(part) and not getattr(document, part).ListFields():
            document.ClearField(part)
    return document


def encode(document: pb.Model) -> bytes:
    """The bytes of a canonical document: equal documents give equal bytes."""
    return document.SerializeToString(deterministic=True)


def decode(data: bytes) -> pb.Model:
    """The document of its bytes."""
    return pb.Model.FromString(data)


def envelope(version: int, revision: int, created_at: datetime, committed_at: datetime) -> bytes:
    """The bytes of a version's envelope. Appended to a document's bytes they make the whole `Model`."""
    model = pb.Model(version=version, revision=revision, create_time=stamp(created_at), update_time=stamp(committed_at))
    return model.SerializeToString()


def stamp(moment: datetime) -> Timestamp:
    """A moment as a Timestamp."""
    # By hand: FromDatetime takes three times as long, and each event that is read needs five of them.
    since = moment - _EPOCH
    return Timestamp(seconds=since.days * 86_400 + since.seconds, nanos=since.microseconds * 1_000)


def plain_decimal(text: str) -> str:
    """A decimal number without sign, exponent or trailing zeros: "2.50" and "25E-1" are "2.5"."""
    plain = format(Decimal(text), "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _canonical_price(price: pb.Price) -> None:
    price.amount = plain_decimal(price.amount)
    price.currency = price.currency or "USD"
    if not price.tiers:
        return
    tiers = {tier.above_tokens: plain_decimal(tier.amount) for tier in price.tiers}
    del price.tiers[:]
    price.tiers.extend(pb.PriceTier(above_tokens=size, amount=amount) for size, amount in sorted(tiers.items()))


def _make_set(field: MutableSequence[Any]) -> None:
    if len(field) > 1:
        members = sorted(set(field))
        del field[:]
        field.extend(members)
