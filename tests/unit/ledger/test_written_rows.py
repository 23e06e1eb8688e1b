"""From a decision to the rows that are written."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import example, given

from modeldex.v1 import model_pb2 as pb
from modeldex.v1.history_pb2 import ModelPin
from modeldex_server.ledger.changes import Decision, Head, ModelChange, Operation, Write
from modeldex_server.ledger.documents import canonical, encode
from modeldex_server.ledger.rows import Rows, rows_of
from support.models import models

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
PIN = ModelPin(principal="ann", reason="for a test")


def head(document: pb.Model, *, version: int = 1, live: bool = True, private: bool = True) -> Head:
    return Head(document.id, version, version, MOMENT, live, private, (), encode(document))


def rows(before: Head, change: ModelChange) -> Rows:
    decision = Decision(models=[change])
    write = Write("ann", "SaveModel", before.id, [before.id], lambda _: decision)
    return rows_of(write, decision, {before.id: before})


@given(models().map(canonical))
@example(canonical(pb.Model(id="acme/one", display_name="a\\u0000")))
def test_the_rows_of_any_document_are_json(document: pb.Model) -> None:
    """one transaction: whatever words a document holds, its row is JSON that says the same."""
    before = Head(document.id, 0, 0, MOMENT, False, False, (), None)
    made = rows(before, ModelChange(document.id, Operation.CREATE, document, private=True))
    row = json.loads(made.parameters["items"])[0]
    assert row["name_key"] == document.display_name.casefold()
    assert row["search_text"] == made.items[0].row["search_text"]


@given(models().map(canonical))
def test_an_equal_document_makes_no_row(document: pb.Model) -> None:
    """silent no-op: neither version nor event nor revision."""
    made = rows(head(document), ModelChange(document.id, Operation.UPDATE, document, private=True))
    assert (list(made.items), made.revises) == ([], False)


@pytest.mark.parametrize(
    ("change", "version"),
    [
        (ModelChange("acme/one", Operation.UPDATE, canonical(pb.Model(id="acme/one")), private=False), 2),
        (ModelChange("acme/one", Operation.PIN, canonical(pb.Model(id="acme/one")), private=True, pins=(PIN,)), 2),
        (ModelChange("acme/one", Operation.DELETE, None, private=True), 2),
    ],
)
def test_a_change_of_state_or_pin_is_a_version(change: ModelChange, version: int) -> None:
    """silent no-op: only what leaves document, pin and state as they are falls away."""
    made = rows(head(canonical(pb.Model(id="acme/one"))), change)
    assert [item.version for item in made.items] == [version]


def test_a_change_of_capabilities_alone_is_told_as_one() -> None:
    """gap-free log: CAPABILITIES_CHANGED where nothing but capabilities changed."""
    before, after = canonical(pb.Model(id="acme/one")), canonical(pb.Model(id="acme/one"))
    after.capabilities["vision"].flag = True
    made = rows(head(before), ModelChange("acme/one", Operation.UPDATE, after, private=True))
    assert made.items[0].row["type"] == 4
    after.display_name = "One"
    made = rows(head(before), ModelChange("acme/one", Operation.UPDATE, after, private=True))
    assert made.items[0].row["type"] == 2
