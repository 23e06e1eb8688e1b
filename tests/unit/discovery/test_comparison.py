"""What a listing changes against what its source said before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from modeldex.v1 import model_pb2 as pb
from modeldex.v1.provider_pb2 import Provider
from modeldex_server.discovery.comparison import Difference, Known, compare
from modeldex_server.discovery.sources.source import FetchLimits, Listing, RawRow, RecordRejected


class Rows:
    """A source whose records are numbers; a negative one is no model."""

    id, kind, provider_id = "acme", "rows", "acme"

    def __init__(self, mapping_version: int = 1) -> None:
        self.mapping_version = mapping_version

    async def fetch(self, limits: FetchLimits) -> Sequence[Listing]:
        return []

    def map(self, listing_provider_id: str, row: RawRow) -> pb.Model:
        size = row.raw["size"]
        if not isinstance(size, int) or size < 0:
            raise RecordRejected("is no model")
        return pb.Model(id=f"{listing_provider_id}/{row.provider_model_id}", context_window=size + 1)


def listing(rows: Mapping[str, Any]) -> Listing:
    return Listing(Provider(id="acme"), [RawRow(name, {"size": size}) for name, size in rows.items()], ())


def after(known: Mapping[str, Known], rows: Mapping[str, Any], difference: Difference) -> dict[str, Known]:
    """What is known once a difference was written."""
    now = dict(known)
    for change in difference.changes:
        if change.record is None:
            del now[change.model_id]
        else:
            now[change.model_id] = Known(change.model_id, "acme", change.raw_hash, 0)
    for model_id in difference.missed:
        now[model_id] = Known(model_id, "acme", now[model_id].raw_hash, now[model_id].missed + 1)
    for model_id in difference.seen_again:
        now[model_id] = Known(model_id, "acme", now[model_id].raw_hash, 0)
    return now


names = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 3), min_size=1)


@given(st.lists(names, min_size=1, max_size=12), st.integers(1, 4))
def test_a_model_goes_after_as_many_listings_in_a_row_without_it(history: list[dict[str, int]], threshold: int) -> None:
    """absence needs evidence: against a count by hand, over any history of complete listings."""
    known: dict[str, Known] = {}
    absent: dict[str, int] = {}
    for rows in history:
        difference = compare(Rows(), listing(rows), known, threshold=threshold)
        known = after(known, rows, difference)
        for name in list(absent):
            absent[name] = 0 if name in rows else absent[name] + 1
            if absent[name] >= threshold:
                del absent[name]
        absent |= dict.fromkeys(rows, 0)
        assert {model_id.partition("/")[2] for model_id in known} == set(absent)
        assert {model_id: one.missed for model_id, one in known.items()} == {
            f"acme/{name}": missed for name, missed in absent.items()
        }


@given(names)
def test_the_same_listing_changes_nothing(rows: dict[str, int]) -> None:
    """silent no-op: in another order, too."""
    known = after({}, rows, compare(Rows(), listing(rows), {}, threshold=2))
    again = compare(Rows(), listing(dict(reversed(rows.items()))), known, threshold=2)
    assert (list(again.changes), list(again.missed), list(again.seen_again)) == ([], [], [])
    assert again.total == len(rows)


def test_a_mapping_that_learned_something_looks_at_every_record_again() -> None:
    """unknown is not false: a new release may read more of a record that did not change."""
    rows = {"a": 1, "b": 2}
    known = after({}, rows, compare(Rows(1), listing(rows), {}, threshold=2))
    assert len(compare(Rows(2), listing(rows), known, threshold=2).changes) == 2


def test_a_record_that_cannot_be_read_is_counted_and_not_gone() -> None:
    """absence needs evidence: a model whose record became unreadable is listed all the same: what was said of it
    stays."""
    known = after({}, {"a": 1, "b": 2}, compare(Rows(), listing({"a": 1, "b": 2}), {}, threshold=1))
    difference = compare(Rows(), listing({"a": -1, "b": 2}), known, threshold=1)
    assert (len(difference.rejected), difference.total) == (1, 1)
    assert (list(difference.changes), list(difference.missed)) == ([], [])
