"""Choosing the usable records of a listing."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeldex_server.discovery.sources import rows

PAYLOADS = Path(__file__).parents[3] / "payloads"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda each: st.lists(each) | st.dictionaries(st.text(), each),
)


def records(name: str) -> list[tuple[object, object]]:
    document = rows.parse((PAYLOADS / name).read_bytes())
    assert isinstance(document, dict)
    return [(each.get("id") if isinstance(each, dict) else None, each) for each in document["data"]]


def test_bad_records_are_rejected_alone() -> None:
    """Records without a usable id, and what is no object, are told by index; all others stay."""
    stated = records("edge.missing-and-wrong-types.json")
    read, rejected = rows.read("acme", stated)
    assert [line.partition(":")[0] for line in rejected] == [f"record {index}" for index in range(9)]
    assert len(read) == len(stated) - 9
    assert read[0].provider_model_id == "ok/minimal"


def test_ids_are_kept_byte_for_byte_and_duplicates_are_settled() -> None:
    """An equal duplicate is dropped in silence, of others the first counts, odd but valid ids stay."""
    read, rejected = rows.read("acme", records("edge.duplicates-and-unicode.json"))
    ids = [row.provider_model_id for row in read]
    assert read[0].raw["name"] == "One"
    assert len(ids) == len(set(ids)) == 20 - 4  # two duplicates of the first, NUL, newline
    assert {"ACME/One", "acme/one ", "acme/caf\u00e9", "acme/cafe\u0301", "../../secret/config"} <= set(ids)
    assert [line.partition(":")[0] for line in rejected] == ["record 2", "record 12", "record 14"]
    assert all("\n" not in line and "\x00" not in line for line in rejected)


@pytest.mark.parametrize(
    "model_id", ["", " ", None, 42, "a\x00b", "a\x85b", "\ud800", "a\x7f", "x" * 1020, "\u00e9" * 510]
)
def test_unusable_ids_are_refused(model_id: object) -> None:
    """Empty, no text, control characters, half a surrogate pair, or more than 1,024 bytes with the provider's id."""
    read, rejected = rows.read("acme", [(model_id, {"id": model_id}), ("ok", {"id": "ok"})])
    assert [row.provider_model_id for row in read] == ["ok"]
    assert len(rejected) == 1


def test_longest_id_is_taken() -> None:
    """Provider, slash and id may have 1,024 bytes together."""
    read, _ = rows.read("acme", [("x" * 1019, {})])
    assert len(read) == 1


@pytest.mark.parametrize("provider_id", ["", "a/b", "x" * 129, "a\tb", 3, None])
def test_unusable_provider_ids_are_refused(provider_id: object) -> None:
    """A provider's id is 1 to 128 bytes without a slash."""
    assert rows.provider_id_problem(provider_id)
    assert rows.provider_id_problem("wafer.ai") is None


def test_what_no_store_can_hold_is_replaced() -> None:
    """NUL and half surrogate pairs become U+FFFD, keys included; a whole pair stays; deep nesting ends."""
    record = rows.storable({"a\x00": ["\ud800x", "\U0001f680"]})
    assert record == {"a\ufffd": ["\ufffdx", "\U0001f680"]}
    deep: object = 1
    for _ in range(80):
        deep = [deep]
    assert json.dumps(rows.storable({"deep": deep})).count("[") == rows.MAX_DEPTH - 1


def test_numbers_are_read_exactly() -> None:
    """Fractions keep every digit; NaN, Infinity and absurd numbers are null instead of an error."""
    read = rows.parse(
        b'{"a":0.1000000000000000055,"b":NaN,"c":-Infinity,"d":1e9999999999999999999,"e":%s}' % (b"9" * 5000)
    )
    assert read == {"a": Decimal("0.1000000000000000055"), "b": None, "c": None, "d": None, "e": None}


@pytest.mark.parametrize("body", [b"", b"{", b'{"a":"\xff"}', b"[" * 100_000, b"<html>", b'{"a":1}x'])
def test_what_is_no_json_is_a_value_error(body: bytes) -> None:
    """Cut off, no UTF-8, nested without end, or a page."""
    with pytest.raises(ValueError, match=r".*"):
        rows.parse(body)


def test_a_cut_listing_is_an_error() -> None:
    """A body that ends in the middle is never read as the models before the cut."""
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        rows.parse((PAYLOADS / "edge.truncated.json.txt").read_bytes())


def test_fingerprint_tells_records_apart() -> None:
    """Order of keys does not matter, the last digit does."""
    assert rows.fingerprint({"a": 1, "b": 2}) == rows.fingerprint({"b": 2, "a": 1})
    one, other = Decimal("0.12345678901234567890"), Decimal("0.12345678901234567891")
    assert rows.fingerprint({"a": one}) != rows.fingerprint({"a": other})
    assert rows.to_json({"b": Decimal("37.50"), "a": "\u00e9"}) == '{"a":"\u00e9","b":37.5}'


@given(st.lists(st.tuples(st.none() | st.sampled_from("abc") | st.text(), JSON)))
def test_no_records_can_break_a_listing(stated: list[tuple[object, object]]) -> None:
    """Whatever a source sends: each id comes once, can be stored, and nothing is lost without a word."""
    read, rejected = rows.read("acme", stated)
    ids = [row.provider_model_id for row in read]
    assert len(ids) == len(set(ids))
    assert len(read) + len(rejected) <= len(stated)
    for row in read:
        (row.provider_model_id + rows.to_json(row.raw)).encode()
        assert "\\u0000" not in rows.to_json(row.raw)
