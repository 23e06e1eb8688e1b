"""Words for people: true, short, and harmless to a terminal."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from hypothesis import given
from hypothesis import strategies as st

from modeldex.v1 import model_pb2
from modeldex_server.cli.arguments import span
from modeldex_server.cli.terminal import texts

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)


def at(time: datetime) -> Timestamp:
    stamp = Timestamp()
    stamp.FromDatetime(time)
    return stamp


@given(st.text())
def test_nothing_that_a_terminal_obeys_is_left(text: str) -> None:
    """No control character, no mark of direction, no line break; other text is as it was."""
    shown = texts.safe(text)
    assert not any(unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp") for character in shown)
    if all(unicodedata.category(character)[0] in "LN" for character in text):
        assert shown == text


def test_what_was_there_is_told() -> None:
    """An unsafe character is shown as its code, a line break as a blank."""
    assert texts.safe("a\x1b[31mb\n\u202ec") == "a<U+001B>[31mb <U+202E>c"


@pytest.mark.parametrize(
    ("number", "shown"),
    [(0, "0"), (999, "999"), (1000, "1k"), (8192, "8.19k"), (128_000, "128k"), (999_700, "999k"), (1_048_576, "1.05M")],
)
def test_tokens_in_a_narrow_column(number: int, shown: str) -> None:
    """Three digits that count, and the letter of the size."""
    assert texts.compact(number) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0.02, "20 ms"), (59, "59 s"), (60, "1 min"), (3600, "1 h"), (5400, "1 h 30 min"), (90_061, "1 d 1 h")],
)
def test_spans(seconds: float, shown: str) -> None:
    """Spans in the units that people say."""
    assert texts.span(seconds) == shown


def test_a_span_in_advice_is_one_that_an_option_takes() -> None:
    """Advice can be pasted: the option reads it back as the same span."""
    for text in ("2h", "90min", "1d", "45s"):
        assert texts.typed(span(text, "--stale")) == text


def test_ages() -> None:
    """One unit is enough, before and after now."""
    assert texts.age(at(NOW - timedelta(minutes=3, seconds=20)), NOW) == "3 min ago"
    assert texts.age(at(NOW + timedelta(hours=2, minutes=5)), NOW) == "in 2 h"
    assert texts.age(at(NOW), NOW) == "0 s ago"


def test_prices_are_the_exact_text() -> None:
    """Another unit or currency is never taken for USD for a million tokens; unknown is empty, free is 0."""
    million, image = model_pb2.PRICE_UNIT_MILLION_TOKENS, model_pb2.PRICE_UNIT_IMAGE
    assert texts.dollars(model_pb2.Price(amount="0.000000000000000001", unit=million)) == "0.000000000000000001"
    assert texts.dollars(model_pb2.Price(amount="0", unit=million)) == "0"
    assert texts.dollars(model_pb2.Price(amount="1.5", unit=million, currency="EUR")) == "1.5 EUR"
    assert texts.dollars(model_pb2.Price(amount="0.04", unit=image)) == "0.04 /image"
    assert texts.dollars(None) == ""


def test_a_value_of_a_newer_contract_is_its_number() -> None:
    """An older command shows what it can of a newer server."""
    assert texts.word(model_pb2.Modality.Name, 99, "MODALITY_") == "99"
    assert texts.word(model_pb2.Modality.Name, 0, "MODALITY_") == "unknown"


def test_advice_can_be_copied() -> None:
    """Where an id is shell syntax it is quoted; an ordinary one is as it is."""
    assert texts.quoted("openai/gpt-4o") == "openai/gpt-4o"
    assert texts.quoted("a/b; rm -rf ~") == "'a/b; rm -rf ~'"
