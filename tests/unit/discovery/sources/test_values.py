"""Single values of a record: exact, or unknown."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeldex_server.discovery.sources import values


@pytest.mark.parametrize(
    ("stated", "amount"),
    [
        (0, "0"),
        (15, "15"),
        (Decimal("0.150"), "0.15"),
        (Decimal("1e-6"), "0.000001"),
        (Decimal("2.5E+2"), "250"),
        (Decimal("-0.0"), "0"),
        ("0.0375", "0.0375"),
        ("1e-6", "0.000001"),
        (Decimal("0.000000000000000001"), "0.000000000000000001"),
        (Decimal("123456789012345678.123456789012345678"), "123456789012345678.123456789012345678"),
    ],
)
def test_amounts_are_exact(stated: object, amount: str) -> None:
    """A plain decimal without exponent and without zeros at its end, every digit kept."""
    assert values.amount(stated) == amount


@pytest.mark.parametrize(
    "stated",
    [
        "12,5",
        "-1",
        "",
        "free",
        "$0.50",
        "NaN",
        "Infinity",
        "1_000",
        " 1",
        "\u0661",
        "1e400",
        True,
        None,
        [],
        {},
        -1,
        10**18,
        Decimal("-0.1"),
        Decimal("NaN"),
        Decimal("sNaN"),
        Decimal("Infinity"),
        Decimal("1e18"),
        Decimal("0.0000000000000000001"),
    ],
)
def test_what_is_no_exact_amount_is_unknown(stated: object) -> None:
    """Negative, not a number, another notation or more digits than an amount holds: unknown, never 0 or rounded."""
    assert values.amount(stated) is None


@given(st.decimals(min_value=0, max_value=10**17, places=18))
def test_amounts_keep_their_value(stated: Decimal) -> None:
    """Written and read again, an amount is the number it was."""
    written = values.amount(stated)
    assert written is not None
    assert Decimal(written) == stated
    assert "e" not in written.lower()
    assert "." not in written or written[-1] not in "0."


@pytest.mark.parametrize("stated", [0, -1, True, "131072", "128k", 10**15 + 1, 2**63, Decimal("0.5"), None, {}, []])
def test_what_is_no_count_is_unknown(stated: object) -> None:
    """A limit of 0, a text, a flag or a number beyond 10^15 is unknown."""
    assert values.whole(stated) is None


def test_whole_numbers_may_be_written_with_a_point() -> None:
    """131072.0 is a whole number."""
    assert values.whole(Decimal("131072.0")) == values.whole(131072) == 131072


@pytest.mark.parametrize(
    ("stated", "date"),
    [
        (1_771_286_400, datetime(2026, 2, 17, tzinfo=UTC)),
        (1_771_286_400_000, datetime(2026, 2, 17, tzinfo=UTC)),
        ("2026-02-17T00:00:00Z", datetime(2026, 2, 17, tzinfo=UTC)),
        ("2026-02-17", datetime(2026, 2, 17, tzinfo=UTC)),
        ("2026-02", datetime(2026, 2, 1, tzinfo=UTC)),
        ("2026", datetime(2026, 1, 1, tzinfo=UTC)),
    ],
)
def test_times_are_read_in_every_usual_form(stated: object, date: datetime) -> None:
    """Seconds, milliseconds, RFC 3339, a date, a month; the start of the day or month where no more is stated."""
    assert values.second(stated) == int(date.timestamp())


@pytest.mark.parametrize(
    "stated",
    [
        0,
        -62135596800,
        735790403,
        999999999999999,
        "yesterday",
        "2026-02-30",
        "2026-13",
        "",
        True,
        None,
        [],
        "0001-01-01",
        "2026-02-17T00:00:00",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59",
    ],
)
def test_absurd_times_are_unknown(stated: object) -> None:
    """Zero, placeholders, no date, no zone, before 2010 or after 2100."""
    assert values.second(stated) is None


@given(st.text())
def test_any_text_is_a_time_or_unknown(stated: str) -> None:
    """No text breaks the reader."""
    values.second(stated)
    values.amount(stated)


def test_texts_keep_to_their_limit() -> None:
    """A name too long is unknown; prose is cut at a character."""
    assert values.text("\u00e9" * 5, 10) == "\u00e9" * 5
    assert values.text("\u00e9" * 6, 10) == values.text(3, 10) == ""
    assert values.prose("a" + "\u00e9" * 6, 10) == "a" + "\u00e9" * 4
    assert values.prose(["a"], 10) == ""


def test_words_are_a_sorted_set() -> None:
    """Duplicates, other types and words too long are dropped."""
    assert values.words(["b", "a", "b", 3, None, "x" * 11, ""], limit=10) == ["a", "b"]
    assert values.words([str(each) for each in range(500)], limit=10, count=100) == sorted(map(str, range(500)))[:100]
    assert values.words("ab", limit=10) == []
