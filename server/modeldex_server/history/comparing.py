"""Comparing two versions: what differs between their documents, and what that means. Pure."""

from __future__ import annotations

import hashlib

from modeldex.v1 import history_pb2, model_pb2
from modeldex_server.history.classification import Rules
from modeldex_server.ledger.diff import diff
from modeldex_server.ledger.documents import encode


def compare(
    model_id: str,
    from_version: int,
    before: model_pb2.Model | None,
    to_version: int,
    after: model_pb2.Model | None,
    rules: Rules,
) -> history_pb2.ModelDiff:
    """What leads from one version to another. A deletion has no document: what leads to it removes every fact, the id
    among them, which means that the model is gone."""
    entries = rules.entries(diff(before, after))
    return history_pb2.ModelDiff(
        model_id=model_id,
        from_version=from_version,
        to_version=to_version,
        entries=entries,
        summary=rules.summary(entries),
        hash=diff_hash(model_id, from_version, before, to_version, after),
    )


def diff_hash(
    model_id: str, from_version: int, before: model_pb2.Model | None, to_version: int, after: model_pb2.Model | None
) -> bytes:
    """What an approval names. It is of the documents, not of the rules: those may change while a request waits."""
    whole = hashlib.sha256()
    for part in (model_id.encode(), b"%d" % from_version, _bytes(before), b"%d" % to_version, _bytes(after)):
        whole.update(b"%d:" % len(part))  # so that no two lists of parts are the same bytes
        whole.update(part)
    return whole.digest()


def _bytes(document: model_pb2.Model | None) -> bytes:
    # A deletion is no bytes: every document has an id.
    return encode(document) if document is not None else b""
