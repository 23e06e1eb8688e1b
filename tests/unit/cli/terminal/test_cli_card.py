"""One model, readable, whatever the contract allows in it."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from modeldex.v1 import model_pb2
from modeldex_server.cli import model_card
from modeldex_server.cli.model_table import sheet
from modeldex_server.cli.terminal.tables import draw
from support.models import models

NOW = datetime(2026, 7, 1, tzinfo=UTC)


def card(model: model_pb2.Model, width: int | None = None) -> list[str]:
    return [*model_card.lines(model, NOW, width, colour=False)]


@given(models(), st.sampled_from([None, 40, 80]))
def test_any_model_is_shown(model: model_pb2.Model, width: int | None) -> None:
    """As a card, a row and CSV; no line is too wide, and none holds what a terminal obeys."""
    shown = card(model, width)
    if width is not None:
        assert max(map(cell_len, shown)) <= max(width, cell_len(model.id))
        shown += draw(sheet().columns, [model], width, colour=False)
    assert not any(unicodedata.category(character) in ("Cc", "Cf") for line in shown for character in line)
    for field in sheet().fields.values():
        assert isinstance(field(model), str)


def test_what_was_and_what_will_be() -> None:
    """A retirement to come is told as one; one that was, too."""
    model = model_pb2.Model(id="acme/one")
    model.lifecycle.retirement_time.FromDatetime(datetime(2999, 12, 31, tzinfo=UTC))
    assert any(re.fullmatch(r"retires +2999-12-31", line) for line in card(model))
    model.lifecycle.retirement_time.FromDatetime(datetime(1999, 1, 1, tzinfo=UTC))
    assert any(re.fullmatch(r"retired +1999-01-01", line) for line in card(model))


def test_where_facts_come_from() -> None:
    """One source alone is named alone; what another one supplied is named with it."""
    model = model_pb2.Model(id="acme/one", field_sources={"*": "models_dev"})
    assert any(re.fullmatch(r"facts from +models_dev", line) for line in card(model))
    model.field_sources["prices.input"] = "acme"
    shown = "\n".join(card(model))
    assert re.search(r"facts from +models_dev \(all but the following\)\n +acme: prices\.input", shown)


def test_free_and_unknown_are_two_things() -> None:
    """The amount 0 is free of charge; no price is unknown."""
    model = model_pb2.Model(id="acme/one")
    assert any(re.fullmatch(r"price +unknown", line) for line in card(model))
    model.prices["input"].amount = "0"
    model.prices["input"].unit = model_pb2.PRICE_UNIT_MILLION_TOKENS
    assert any(re.fullmatch(r"price +input +0 USD per million tokens \(free\)", line) for line in card(model))
