"""What lists are filtered and ordered by."""

from __future__ import annotations

import json
from decimal import Decimal

from hypothesis import given

from modeldex.v1 import model_pb2 as pb
from modeldex_server.ledger.columns import head_columns, price_key, search_text, terms
from modeldex_server.ledger.documents import canonical
from support.models import models


@given(models().map(canonical))
def test_unknown_limits_prices_and_times_are_null(document: pb.Model) -> None:
    """unknown is not false: what no source states is null, never zero."""
    columns = head_columns(document)
    for name in ("context_window", "max_input_tokens", "max_output_tokens"):
        assert (columns[name] is None) == (not document.HasField(name))
    assert (columns["released_at"] is None) == (not document.lifecycle.HasField("release_time"))
    for meter in ("input", "output"):
        price = document.prices.get(meter)
        comparable = price and (price.unit, price.currency) == (pb.PRICE_UNIT_MILLION_TOKENS, "USD")
        assert columns[f"price_{meter}"] == (price.amount if price and comparable else None)


@given(models().map(canonical))
def test_every_price_stands_under_its_meter_unit_and_currency(document: pb.Model) -> None:
    """stable pages: a price ceiling is compared with the exact amount."""
    found = head_columns(document)["prices"]
    wanted = {price_key(meter, price.unit, price.currency): price.amount for meter, price in document.prices.items()}
    assert found == wanted
    assert all(Decimal(amount) >= 0 for amount in found.values())


@given(models().map(canonical))
def test_a_capability_has_one_term_or_none(document: pb.Model) -> None:
    """unknown is not false: a capability is had, is not had, or has no term at all."""
    found = terms(document)
    for name, value in document.capabilities.items():
        denied = value.WhichOneof("value") == "flag" and not value.flag
        assert (f"cap:{name}" in found, f"!cap:{name}" in found) == (not denied, denied)
    known = {f"!cap:{name}" for name in document.capabilities}
    assert {word for word in found if word.startswith("!cap:")} <= known


@given(models().map(canonical))
def test_columns_are_json(document: pb.Model) -> None:
    """one transaction: whatever a document holds, its row can be written."""
    columns = head_columns(document)
    assert json.loads(json.dumps(columns)) == columns


def test_search_looks_at_names_and_not_at_descriptions() -> None:
    """stable pages: a text query looks at the id, the display name, the family and the canonical id."""
    document = pb.Model(id="acme/One", display_name="ÉTÉ", family="Fam", canonical_id="Can", description="secret")
    assert search_text(document) == "acme/one\nété\nfam\ncan"
