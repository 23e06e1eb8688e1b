"""Comparing two versions."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from modeldex.v1 import history_pb2
from modeldex.v1 import model_pb2 as pb
from modeldex_server.history.classification import Rules
from modeldex_server.history.comparing import compare
from modeldex_server.ledger.diff import apply, inverse
from modeldex_server.ledger.documents import canonical, encode
from support.diffs import check_summary
from support.models import models

documents = st.none() | models().map(canonical)


def diff_of(before: pb.Model | None, after: pb.Model | None, first: int = 1, last: int = 2) -> history_pb2.ModelDiff:
    return compare("acme/one", first, before, last, after, Rules.packaged())


@given(documents, documents)
def test_applying_a_diff_gives_the_other_document(before: pb.Model | None, after: pb.Model | None) -> None:
    """diff laws: also from a deletion, and to one, which is an empty document."""
    changed = apply(before, [entry.change for entry in diff_of(before, after).entries])
    assert changed.SerializeToString(deterministic=True) == (encode(after) if after is not None else b"")


@given(documents, documents)
def test_the_reverse_diff_is_the_inverse(before: pb.Model | None, after: pb.Model | None) -> None:
    """diff laws: what leads back is each change the other way round."""
    there, back = diff_of(before, after), diff_of(after, before, 2, 1)
    assert [entry.change for entry in back.entries] == inverse(entry.change for entry in there.entries)
    assert list(there.summary.added_paths) == list(back.summary.removed_paths)
    assert list(there.summary.replaced_paths) == list(back.summary.replaced_paths)


@given(documents)
def test_a_diff_with_itself_is_empty(document: pb.Model | None) -> None:
    """diff laws: no entries, nothing counted, no impact; its hash is of the documents all the same."""
    diff = diff_of(document, document)
    assert not diff.entries
    assert diff.summary == history_pb2.DiffSummary()
    assert len(diff.hash) == 32


@given(documents, documents)
def test_the_summary_counts_the_entries(before: pb.Model | None, after: pb.Model | None) -> None:
    """diff laws: each entry is in one count and one list of paths, and none matters more than the whole."""
    check_summary(diff_of(before, after))


@given(models(), models(), st.randoms())
def test_the_order_of_keys_and_sets_plays_no_part(before: pb.Model, after: pb.Model, chance: random.Random) -> None:
    """diff laws: the same documents with keys and sets in another order give the same diff, hash and all."""
    mixed = pb.Model()
    mixed.CopyFrom(after)
    for field in (mixed.tags, mixed.alternatives, mixed.input_modalities):
        members = list(field)
        chance.shuffle(members)
        del field[:]
        field.extend(members)
    names = list(after.capabilities)
    chance.shuffle(names)
    mixed.capabilities.clear()
    for name in names:
        mixed.capabilities[name].CopyFrom(after.capabilities[name])
    assert diff_of(canonical(before), canonical(mixed)) == diff_of(canonical(before), canonical(after))


@given(documents, documents, documents)
def test_a_hash_is_of_one_pair_of_versions(one: pb.Model | None, two: pb.Model | None, three: pb.Model | None) -> None:
    """four eyes: an approval that names a hash names the model, both numbers and both documents."""
    whole = diff_of(one, two).hash
    assert (diff_of(one, three).hash == whole) == (_bytes(two) == _bytes(three))
    assert diff_of(one, two, 1, 3).hash != whole
    assert diff_of(one, two, 3, 2).hash != whole
    assert compare("acme/on", 1, one, 2, two, Rules.packaged()).hash != whole


def _bytes(document: pb.Model | None) -> bytes:
    return encode(document) if document is not None else b""
