"""Triggers: what rules answer to. Each is an invalidation, or an event of the catalogue's log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from google.protobuf.struct_pb2 import Struct

from modeldex.v1 import cache_service_pb2 as api
from modeldex.v1 import invalidation_pb2 as pb
from modeldex.v1 import model_pb2, update_pb2
from modeldex_server.cache.invalidation.recording import Attempt, provider_of
from modeldex_server.cache.invalidation.rows import InvalidationRow

MOST_DEPTH = 3
"""Rules that lead to each other: an invalidation that is as deep triggers nothing."""

CATALOGUE_REASONS = frozenset(
    {
        pb.INVALIDATION_REASON_PROVIDER_UPDATE,
        pb.INVALIDATION_REASON_MODEL_UPDATE,
        pb.INVALIDATION_REASON_VERSION_CHANGE,
        pb.INVALIDATION_REASON_CAPABILITY_CHANGE,
    }
)
"""Those that a change of the catalogue can be for."""

# In the context of an invalidation that a rule made of several entries: it has no target that would name just these.
_KEYS = "keys"
# Of the keys in one invalidation, so that a page of the history can be sent.
_KEYS_BYTES = 4096


class Entry(Protocol):
    """An entry, as far as a trigger can be about it."""

    @property
    def namespace(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def provider_id(self) -> str: ...
    @property
    def tags(self) -> Sequence[str]: ...
    @property
    def model_version(self) -> int: ...


@dataclass(frozen=True)
class Trigger:
    """What made rules look, as their conditions see it, and the entries that it is about.

    `number` is that of an invalidation, else `revision` and `ordinal` name an event of the catalogue; all are 0 for one
    that nobody made.
    """

    reasons: Sequence[int]
    target: pb.InvalidationTarget
    number: int = 0
    revision: int = 0
    ordinal: int = 0
    mode: int = 0
    namespace: str = ""
    tags: Sequence[str] = ()
    principal: str = ""
    depth: int = 0
    expected_version: int | None = None
    context: Struct = field(default_factory=Struct)

    @property
    def identity(self) -> tuple[int, int, int]:
        """What it is told apart by."""
        return self.number, self.revision, self.ordinal

    @cached_property
    def kind(self) -> str:
        """How its target names entries: "key", "tags", "provider_id", "expired", "all"; "" for a list of keys."""
        return self.target.WhichOneof("target") or ""

    @cached_property
    def key(self) -> str:
        """The key that it is about; empty where it is not about one."""
        return self.target.key

    @cached_property
    def provider_id(self) -> str:
        """The provider that it is about, or that of its key; empty where it is not about one."""
        return provider_of(self.target)

    @cached_property
    def keys(self) -> frozenset[str]:
        """The keys that it is about, where it names any."""
        match self.kind:
            case "key":
                return frozenset([self.key])
            case "" if _KEYS in self.context.fields:  # to ask for it without looking would put it there
                return frozenset(value.string_value for value in self.context.fields[_KEYS].list_value.values)
            case _:
                return frozenset()

    def is_about(self, entry: Entry) -> bool:
        """Whether it is about a caller's entry that counts."""
        if self.namespace and self.namespace != entry.namespace:
            return False
        if entry.model_version == self.expected_version:
            return False
        match self.kind:
            case "key" | "":
                return entry.key in self.keys
            case "provider_id":
                return entry.provider_id == self.target.provider_id
            case "tags":
                return not self._wanted_tags.isdisjoint(entry.tags)
            case kind:
                return kind == "all"  # what has expired is there for nobody

    @cached_property
    def _wanted_tags(self) -> frozenset[str]:
        return frozenset(self.target.tags.tags)


def of_invalidation(row: InvalidationRow) -> Trigger | None:
    """An invalidation as a trigger; None where it is none: it failed, or is as deep as may be."""
    if row.error_reason or row.depth >= MOST_DEPTH:
        return None
    target = pb.InvalidationTarget.FromString(row.target)
    return Trigger(
        (row.reason,),
        target,
        number=row.number,
        mode=row.mode,
        namespace=row.namespace,
        tags=list(target.tags.tags),
        principal=row.principal,
        depth=row.depth,
        expected_version=row.expected_version,
        context=Struct.FromString(row.context),
    )


def of_request(request: api.InvalidateRequest, principal: str) -> Trigger:
    """An invalidation that nobody makes."""
    whole = Attempt(request, principal).request
    return Trigger(
        (whole.reason,),
        whole.target,
        mode=whole.mode,
        namespace=whole.namespace,
        tags=list(whole.target.tags.tags),
        principal=principal,
        expected_version=whole.expected_version if whole.HasField("expected_version") else None,
        context=whole.context,
    )


@dataclass(slots=True)
class EventRow:
    """An event of the catalogue's log that tells of a model or of a provider."""

    revision: int
    ordinal: int
    kind: int
    type: int
    provider_id: str
    model_id: str
    version: int
    external: bool
    principal: str
    document: bytes | None  # of the model after the change, else before it
    changes: bytes | None


def of_event(row: EventRow) -> Trigger:
    """A change of a model or of a provider as a trigger, with every reason that fits it."""
    if not row.model_id:
        target = pb.InvalidationTarget(provider_id=row.provider_id)
        return _of_catalogue(row, target, [pb.INVALIDATION_REASON_PROVIDER_UPDATE], ())
    document = model_pb2.Model.FromString(row.document) if row.document is not None else model_pb2.Model()
    return _of_catalogue(row, pb.InvalidationTarget(key=row.model_id), _reasons(row), list(document.tags))


def _of_catalogue(row: EventRow, target: pb.InvalidationTarget, reasons: Sequence[int], tags: Sequence[str]) -> Trigger:
    return Trigger(reasons, target, revision=row.revision, ordinal=row.ordinal, tags=tags, principal=row.principal)


def _reasons(row: EventRow) -> list[int]:
    """Why entries of a model may count no more: it changed, came or went, or can do more or less."""
    reasons = [
        pb.INVALIDATION_REASON_PROVIDER_UPDATE,
        pb.INVALIDATION_REASON_MODEL_UPDATE,
        pb.INVALIDATION_REASON_VERSION_CHANGE,
    ]
    changes = update_pb2.ModelUpdate.FromString(row.changes or b"").changes
    if row.type == update_pb2.MODEL_UPDATE_TYPE_CAPABILITIES_CHANGED or any(
        change.kind == update_pb2.FIELD_CHANGE_KIND_CAPABILITY for change in changes
    ):
        reasons.append(pb.INVALIDATION_REASON_CAPABILITY_CHANGE)
    return list(reasons)


def lists_of(keys: Iterable[str]) -> Iterable[list[str]]:
    """Keys in lists that are short enough for one invalidation each."""
    some: list[str] = []
    size = 0
    for key in keys:
        size += len(key.encode()) + 4
        if some and size > _KEYS_BYTES:
            yield some
            some, size = [], len(key.encode()) + 4
        some.append(key)
    if some:
        yield some


def request_for(namespace: str, keys: Sequence[str], reason: int, mode: int) -> api.InvalidateRequest:
    """The invalidation of just these keys, as the history keeps it."""
    request = api.InvalidateRequest(namespace=namespace, reason=reason, mode=mode)  # type: ignore[arg-type] # numbers
    if len(keys) == 1:
        request.target.key = keys[0]
    else:
        request.context.update({_KEYS: list(keys)})
    return request
