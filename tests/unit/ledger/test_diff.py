"""The diff of two documents."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from modeldex.v1 import model_pb2 as pb
from modeldex.v1 import update_pb2
from modeldex_server.ledger.diff import apply, diff, inverse
from modeldex_server.ledger.documents import canonical, encode
from support.models import models

documents = models().map(canonical)


@given(documents, documents)
def test_applying_a_diff_gives_the_other_document(before: pb.Model, after: pb.Model) -> None:
    """diff laws: apply(a, diff(a, b)) is b, byte for byte."""
    assert encode(apply(before, diff(before, after))) == encode(after)


@given(documents, documents)
def test_the_diff_back_is_the_inverse(before: pb.Model, after: pb.Model) -> None:
    """diff laws: diff(b, a) is inverse(diff(a, b)), and leads back."""
    back = diff(after, before)
    assert back == inverse(diff(before, after))
    assert encode(apply(after, back)) == encode(before)


@given(documents)
def test_a_document_differs_from_itself_in_nothing(document: pb.Model) -> None:
    """diff laws: diff(a, a) is empty."""
    assert diff(document, document) == []


@given(documents, documents)
def test_no_difference_means_equal_bytes(one: pb.Model, other: pb.Model) -> None:
    """diff laws: only equal documents have no diff, so a diff hides nothing."""
    assert (diff(one, other) == []) == (encode(one) == encode(other))


@given(models(), st.randoms())
def test_the_order_of_keys_and_sets_plays_no_part(model: pb.Model, chance: random.Random) -> None:
    """diff laws: a document whose keys and sets come in another order, some of them twice, differs in nothing."""
    assert diff(canonical(model), canonical(shuffled(model, chance))) == []


@given(documents)
def test_from_nothing_and_to_nothing(document: pb.Model) -> None:
    """diff laws: a document is the sum of what was added to nothing."""
    added = diff(None, document)
    assert {change.operation for change in added} <= {update_pb2.FIELD_CHANGE_OPERATION_ADDED}
    assert encode(apply(None, added)) == encode(document)
    assert diff(document, None) == inverse(added)


@given(documents, documents)
def test_changes_are_ordered_and_named_once(before: pb.Model, after: pb.Model) -> None:
    """diff laws: changes are ordered by path, and a path occurs once."""
    paths = [change.path for change in diff(before, after)]
    assert paths == sorted(set(paths))


def test_paths_and_kinds_are_those_of_the_contract() -> None:
    """diff laws: paths name fields, keys and members as `FieldChange.path` says."""
    before = canonical(pb.Model(id="acme/one", tags=["slow"], context_window=8000))
    after = canonical(pb.Model(id="acme/one", tags=["fast"], context_window=9000))
    after.prices["input"].CopyFrom(pb.Price(amount="1", unit=pb.PRICE_UNIT_MILLION_TOKENS, currency="USD"))
    after.capabilities["vision"].flag = True
    kinds = {change.path: update_pb2.FieldChangeKind.Name(change.kind)[18:] for change in diff(before, after)}
    assert kinds == {
        'capabilities["vision"]': "CAPABILITY",
        "context_window": "PROPERTY",
        'prices["input"].amount': "PROPERTY",
        'prices["input"].currency': "PROPERTY",
        'prices["input"].unit': "PROPERTY",
        'tags["fast"]': "METADATA",
        'tags["slow"]': "METADATA",
    }


def shuffled(model: pb.Model, chance: random.Random) -> pb.Model:
    """The same model, said in another order."""
    other = pb.Model()
    other.CopyFrom(model)
    for name in ("capabilities", "prices"):
        mine, theirs = getattr(model, name), getattr(other, name)
        theirs.clear()
        for key in chance.sample(sorted(mine), len(mine)):
            theirs[key].CopyFrom(mine[key])
    for name in ("tags", "alternatives", "input_modalities", "output_modalities"):
        members = list(getattr(other, name)) * 2
        chance.shuffle(members)
        getattr(other, name)[:] = members
    for price in other.prices.values():
        tiers = list(price.tiers)
        chance.shuffle(tiers)
        del price.tiers[:]
        price.tiers.extend(tiers)
    return other
