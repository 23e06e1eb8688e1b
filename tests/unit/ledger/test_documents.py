"""The canonical form of documents."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeldex.v1 import model_pb2 as pb
from modeldex_server.ledger.documents import canonical, decode, encode, envelope, plain_decimal
from support.models import amounts, models, plain


@given(models())
def test_canonical_is_canonical(model: pb.Model) -> None:
    """silent no-op: the canonical form of a canonical document is itself."""
    document = canonical(model)
    assert canonical(document) == document
    assert decode(encode(document)) == document


@given(models())
def test_the_envelope_is_no_part_of_a_document(model: pb.Model) -> None:
    """silent no-op: version, revision, times and availability make no difference."""
    dressed = pb.Model()
    dressed.CopyFrom(model)
    dressed.version, dressed.revision, dressed.availability = 7, 9, pb.AVAILABILITY_DEGRADED
    dressed.create_time.seconds = dressed.update_time.seconds = 5
    assert encode(canonical(dressed)) == encode(canonical(model))


@pytest.mark.parametrize("part", ["", "lifecycle", "prices", "metadata"])
def test_what_the_contract_does_not_know_is_no_part_of_a_document(part: str) -> None:
    """silent no-op, diff laws: no diff could tell of it, so that two documents would differ in nothing."""
    model, unknown = plain("acme/one"), b"\xfa\x3f\x02hi"  # field 1023
    model.lifecycle.stage = pb.LIFECYCLE_STAGE_ACTIVE
    model.metadata["x"] = 1
    newer = pb.Model()
    newer.CopyFrom(model)
    within = newer.prices["input"] if part == "prices" else getattr(newer, part) if part else newer
    within.MergeFromString(unknown)
    assert unknown in newer.SerializeToString()
    assert encode(canonical(newer)) == encode(canonical(model))


@given(models(), st.integers(1, 2**40), st.integers(1, 2**40))
def test_document_and_envelope_make_a_model(model: pb.Model, version: int, revision: int) -> None:
    """read your write: what is served is the document with its envelope, byte after byte."""
    document = canonical(model)
    created, committed = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC), datetime(2026, 2, 3, tzinfo=UTC)
    whole = pb.Model.FromString(encode(document) + envelope(version, revision, created, committed))
    assert (whole.version, whole.revision) == (version, revision)
    assert whole.create_time.ToDatetime(UTC) == created
    assert canonical(whole) == document


@given(amounts)
def test_a_decimal_keeps_its_value(amount: str) -> None:
    """silent no-op: a plain decimal is the same number, exact, without sign, exponent or trailing zeros."""
    plain = plain_decimal(amount)
    assert Decimal(plain) == Decimal(amount)
    assert "e" not in plain.lower()
    assert plain == "0" or not plain.endswith((".", "0")) or "." not in plain
    assert plain_decimal(plain) == plain


@pytest.mark.parametrize(
    ("spelling", "plain"),
    [("2.50", "2.5"), ("2.0", "2"), ("0.00", "0"), ("100", "100"), ("007.10", "7.1"), ("0.000001", "0.000001")],
)
def test_spellings_of_one_amount_are_one(spelling: str, plain: str) -> None:
    """silent no-op: the spelling of a decimal makes no version."""
    assert plain_decimal(spelling) == plain


def test_prices_default_to_dollars_and_tiers_ascend() -> None:
    """silent no-op: a currency left out is USD, and the order of tiers plays no part."""
    model = pb.Model(id="acme/one")
    price = model.prices["input"]
    price.amount, price.unit = "1.0", pb.PRICE_UNIT_MILLION_TOKENS
    price.tiers.add(above_tokens=200, amount="3.0")
    price.tiers.add(above_tokens=100, amount="2.0")
    found = canonical(model).prices["input"]
    assert (found.amount, found.currency) == ("1", "USD")
    assert [(tier.above_tokens, tier.amount) for tier in found.tiers] == [(100, "2"), (200, "3")]


def test_empty_parts_are_absent_and_false_is_not() -> None:
    """unknown is not false: an empty life cycle says nothing; a capability stated as false stays."""
    model = pb.Model(id="acme/one", lifecycle=pb.Lifecycle())
    model.metadata.SetInParent()
    model.capabilities["vision"].flag = False
    document = canonical(model)
    assert not document.HasField("lifecycle")
    assert not document.HasField("metadata")
    assert document.capabilities["vision"].WhichOneof("value") == "flag"
    assert not document.HasField("context_window")
