"""Drafts: entries as callers want them, made ready to be stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from modeldex.v1 import cache_pb2 as pb
from modeldex.v1 import model_pb2
from modeldex_server.cache.entries.rows import EntryKey
from modeldex_server.cache.entries.secrets import Secrets
from modeldex_server.ledger.documents import canonical

# What only the server says of a model. What follows from its id stays.
_OUTPUT_ONLY = ("field_sources", "listed_by", "unlisted")


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry to be stored. Equal entries give equal bytes."""

    namespace: str
    key: str
    value: bytes
    model_version: int  # as the caller gave it; 0 for none
    tags: list[str]
    priority: int
    metadata: bytes
    secrets: bytes | None
    secret_key: str | None
    ttl: timedelta

    @property
    def name(self) -> EntryKey:
        """Under which it is stored."""
        return self.namespace, self.key


def draft(entry: pb.CacheEntry, secrets: Secrets, default_ttl: timedelta) -> Draft:
    """A valid entry as it is to be stored."""
    clear = pb.CacheEntry(namespace=entry.namespace, key=entry.key, value=_document(entry.value))
    if entry.HasField("metadata"):
        clear.metadata.CopyFrom(entry.metadata)
    sealed = secrets.take(clear)
    return Draft(
        namespace=entry.namespace,
        key=entry.key,
        value=clear.value.SerializeToString(deterministic=True),
        model_version=entry.value.version,
        tags=sorted(set(entry.tags)),
        priority=entry.priority,
        metadata=clear.metadata.SerializeToString(deterministic=True),
        secrets=None if sealed is None else sealed.data,
        secret_key=None if sealed is None else sealed.key_id,
        ttl=entry.ttl.ToTimedelta() if entry.HasField("ttl") else default_ttl,
    )


def columns(drafts: Sequence[Draft]) -> dict[str, list[Any]]:
    """Drafts as a statement takes them: a list for each column."""
    return {
        "namespaces": [one.namespace for one in drafts],
        "keys": [one.key for one in drafts],
        "values": [one.value for one in drafts],
        "model_versions": [one.model_version for one in drafts],
        # PostgreSQL has no lists of lists of different lengths.
        "tags": [f"{{{','.join(map(_quoted, one.tags))}}}" for one in drafts],
        "priorities": [one.priority for one in drafts],
        "metadata": [one.metadata for one in drafts],
        "secrets": [one.secrets for one in drafts],
        "secret_keys": [one.secret_key for one in drafts],
        "ttls": [one.ttl for one in drafts],
    }


def _document(model: model_pb2.Model) -> model_pb2.Model:
    document = canonical(model)
    for name in _OUTPUT_ONLY:
        document.ClearField(name)  # type: ignore[arg-type] # one of the model's
    return document


def _quoted(tag: str) -> str:
    """A member of a list, as PostgreSQL writes one."""
    return '"' + tag.replace("\\", "\\\\").replace('"', '\\"') + '"'
