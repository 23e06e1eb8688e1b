"""What people type."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from modeldex.v1 import discovery_service_pb2 as pb
from modeldex.v1 import model_pb2
from modeldex_server.cli import arguments
from modeldex_server.cli.filters import SORT_FIELDS, FilterOptions, Kind, Sort, Stage, filter_of
from modeldex_server.cli.problems import UsageFailure


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("131072", 131_072),
        ("128k", 128_000),
        ("128K", 128_000),
        ("1.5m", 1_500_000),
        ("1M", 1_000_000),
        ("128ki", 131_072),
        ("128,000", 128_000),
        (" 2 k ", 2000),
    ],
)
def test_tokens(text: str, number: int) -> None:
    """The ways in which people write a number of tokens."""
    assert arguments.tokens(text, "--min-context") == number


@pytest.mark.parametrize("text", ["", "k", "-1", "1.5", "1e5", "12q", "0.0001k"])
def test_no_tokens(text: str) -> None:
    """The failure names the option and shows what it takes."""
    with pytest.raises(UsageFailure, match="--min-context takes"):
        arguments.tokens(text, "--min-context")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2h", 7200),
        ("90s", 90),
        ("1h30m", 5400),
        ("1 d", 86_400),
        ("0.5s", 0.5),
        ("250ms", 0.25),
        ("30", 30),
        ("5min", 300),
    ],
)
def test_spans(text: str, seconds: float) -> None:
    """Spans in the units that people say."""
    assert arguments.span(text, "--stale") == seconds


@pytest.mark.parametrize("text", ["", "old", "2 weeks", "-1h", "1h30", "h"])
def test_no_spans(text: str) -> None:
    """A part without a unit could mean anything beside one that has it."""
    with pytest.raises(UsageFailure, match="--stale takes"):
        arguments.span(text, "--stale")


def test_dates_are_utc() -> None:
    """A date without a zone begins at midnight UTC; a zone is respected."""
    assert arguments.moment("2026-12-31", "--retires-before") == datetime(2026, 12, 31, tzinfo=UTC)
    assert arguments.moment("2026-12-31T23:00:00+01:00", "--x") == datetime(2026, 12, 31, 22, tzinfo=UTC)


def test_money_stays_text() -> None:
    """No float between what was typed and what is sent."""
    assert arguments.price_ceiling("input=0.000000000000000001", "--max-price") == ("input", "0.000000000000000001")
    assert arguments.price_ceiling("output=$5", "--max-price") == ("output", "5")
    for wrong in ("5", "input=", "=5", "input=1e3", "input=-1", "input=1,5"):
        with pytest.raises(UsageFailure):
            arguments.price_ceiling(wrong, "--max-price")


def test_a_filter_of_everything() -> None:
    """Each option becomes its condition; everyday words become the vocabulary's."""
    made = filter_of(
        FilterOptions(
            provider=["openai,groq"],
            has=["vision,tools", "structured-output"],
            without=["thinking"],
            takes=[Kind.IMAGE],
            gives=[Kind.TEXT],
            min_context="128k",
            max_price=["input=1", "output=5"],
            stage=[Stage.PREVIEW],
            retires_before="2026-12-31",
            unlisted=True,
        ),
        "some words",
    )
    assert made.provider_ids == ["openai", "groq"]
    assert made.capabilities_true == ["vision", "function_calling", "structured_output"]
    assert made.capabilities_false == ["reasoning"]
    assert (made.input_modalities, made.output_modalities) == ([model_pb2.MODALITY_IMAGE], [model_pb2.MODALITY_TEXT])
    assert made.min_context_window == 128_000
    assert [(one.meter, one.max_amount) for one in made.price_ceilings] == [("input", "1"), ("output", "5")]
    assert made.lifecycle_stages == [model_pb2.LIFECYCLE_STAGE_PREVIEW]
    assert made.retires_before.ToJsonString() == "2026-12-31T00:00:00Z"
    assert (made.query, made.include_unlisted, made.include_deleted) == ("some words", True, False)
    assert filter_of(FilterOptions()) == pb.ModelFilter()


def test_every_order_of_the_contract_has_a_word() -> None:
    """And every word an order."""
    named = {f"MODEL_SORT_FIELD_{SORT_FIELDS[sort]}" for sort in Sort}
    assert named == {*pb.ModelSortField.keys()} - {"MODEL_SORT_FIELD_UNSPECIFIED"}
    pb_names = list(model_pb2.Modality.keys())
    assert {kind.upper() for kind in Kind} == {name.removeprefix("MODALITY_") for name in pb_names} - {"UNSPECIFIED"}


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-03-01", datetime(2026, 3, 1, tzinfo=UTC)),
        ("2026-03-01T12:30Z", datetime(2026, 3, 1, 12, 30, tzinfo=UTC)),
        ("2026-03-01 12:30:00.5+02:00", datetime(2026, 3, 1, 10, 30, 0, 500_000, tzinfo=UTC)),
        ("r1234", 1234),
        ("R0", 0),
        (" 1234 ", 1234),
    ],
)
def test_instants(text: str, instant: datetime | int) -> None:
    """A time, or a revision by its number."""
    assert arguments.instant(text, "--as-of") == instant


@pytest.mark.parametrize("text", ["", "r", "-1", "yesterday", "r1.5", "9" * 30, "0001-01-01T00:00+14:00"])
def test_no_instants(text: str) -> None:
    """The failure shows both forms."""
    with pytest.raises(UsageFailure, match=r"--as-of takes .* 2026-03-01, .* r1234"):
        arguments.instant(text, "--as-of")
