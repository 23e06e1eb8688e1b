"""How several sources make one document."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from modeldex.v1 import model_pb2 as pb
from modeldex_server.catalogue import facts
from modeldex_server.ledger.documents import canonical
from support.models import models

records = models().map(canonical)


def source_of(document: pb.Model, path: str) -> str:
    """The source of a fact, as a caller finds it."""
    return document.field_sources.get(path) or document.field_sources[facts.EVERY_OTHER]


@given(records, records, records)
def test_each_fact_is_that_of_the_first_source_that_states_it(one: pb.Model, two: pb.Model, three: pb.Model) -> None:
    """unknown is not false: fact by fact the most trusted source that states it counts, and is named."""
    said = [("own", one), ("aaa", two), ("bbb", three)]
    merged = facts.merge(said)
    stated = {name: set(facts.paths(record)) for name, record in said}
    assert set(facts.paths(merged)) == set().union(*stated.values())
    for path in facts.paths(merged):
        name, record = next((name, record) for name, record in said if path in stated[name])
        assert source_of(merged, path) == name
        field, _, key = path.partition(".")
        mine, theirs = getattr(merged, field), getattr(record, field)
        if field == "metadata":
            mine, theirs = mine.fields, theirs.fields
        if field == "lifecycle":
            assert getattr(mine, key) == getattr(theirs, key)
        elif key:
            assert mine[key] == theirs[key]
        else:
            assert mine == theirs
    assert list(merged.listed_by) == ["aaa", "bbb", "own"]


@given(records)
def test_a_document_of_one_source_is_its_record(record: pb.Model) -> None:
    """unknown is not false: merging adds nothing to what a single source says."""
    merged = facts.merge([("own", record)])
    for name in ("field_sources", "listed_by"):
        merged.ClearField(name)
    assert merged == record


@given(records, st.integers(2, 4))
def test_agreement_changes_nothing(record: pb.Model, number: int) -> None:
    """silent no-op: sources that say the same make the document of the first."""
    merged = facts.merge([(f"s{at}", record) for at in range(number)])
    assert all(source_of(merged, path) == "s0" for path in facts.paths(merged))
    assert len(merged.tags) == len(record.tags)


@given(records, records)
def test_merging_leaves_the_records_alone(one: pb.Model, two: pb.Model) -> None:
    """saved stays: what a source said is kept as it said it."""
    before = one.SerializeToString(deterministic=True), two.SerializeToString(deterministic=True)
    facts.merge([("own", one), ("other", two)])
    assert (one.SerializeToString(deterministic=True), two.SerializeToString(deterministic=True)) == before
