"""Publishing: updates of something outside the catalogue, as callers tell of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from google.protobuf.descriptor import EnumDescriptor
from google.protobuf.struct_pb2 import Struct, Value
from google.protobuf.timestamp_pb2 import Timestamp

from modeldex.v1 import model_pb2, provider_pb2
from modeldex.v1 import subscriber_service_pb2 as api
from modeldex.v1 import update_pb2 as pb
from modeldex_server.catalogue.saving import NOT_HERE, request_key
from modeldex_server.ledger import diff
from modeldex_server.ledger.changes import Committed, Decision, Head, Write
from modeldex_server.ledger.ledger import Ledger
from modeldex_server.security.scope import Scope
from modeldex_server.security.secret_paths import SecretPaths

_KINDS = ("model", "provider", "capability")
_MODEL_IDS = ("gained_model_ids", "lost_model_ids", "changed_model_ids")
_MODEL_BYTES = 64 * 1024
_ID_BYTES, _NAME_BYTES, _REASON_BYTES = 1024, 128, 1024
_MOST_IDS, _MOST_CHANGES = 1000, 1000


class Publisher:
    """Writes external updates: they take a revision, and change nothing in the catalogue."""

    def __init__(self, ledger: Ledger, secret_paths: SecretPaths) -> None:
        """`secret_paths`: what the metadata of a model must not have."""
        self._ledger = ledger
        self._secret_paths = secret_paths

    async def publish(
        self, request: api.PublishUpdatesRequest, *, by: str, scope: Scope, timeout: float | None
    ) -> tuple[Sequence[api.PublishResult], Committed | None]:
        """What became of each update, and the write; None where every one was refused. What is about providers outside
        of the scope is refused.

        Raises:
            What Ledger.write raises.
        """
        told = [
            [*problems_of(update), *denied(update, scope), *secrets_in(update.model, self._secret_paths)]
            for update in request.updates
        ]
        events = [
            _external(update, request.reason) for update, found in zip(request.updates, told, strict=True) if not found
        ]
        ordinals = iter(range(len(events)))
        results = [
            api.PublishResult(problems=found) if found else api.PublishResult(ordinal=next(ordinals)) for found in told
        ]
        if not events:
            return results, None
        answer = api.PublishUpdatesResponse(results=results)

        def decide(_heads: Mapping[str, Head]) -> Decision:
            return Decision(events=events, answer=answer)

        committed = await self._ledger.write(
            Write(
                principal=by,
                method="PublishUpdates",
                resource=f"{len(events)} updates",
                model_ids=[],
                decide=decide,
                reason=request.reason,
                request=request_key(request, request.request_id),
                timeout=timeout,
            )
        )
        return results, committed


def problems_of(update: pb.UpdateEvent) -> Iterator[str]:
    """The rules that an update breaks, a sentence each."""
    kind = update.WhichOneof("update")
    if kind not in _KINDS:
        yield f"update must be one of {', '.join(_KINDS)}"
        return
    if len(update.reason.encode()) > _REASON_BYTES:
        yield f"reason must have at most {_REASON_BYTES:,} bytes"
    if kind == "model":
        yield from _model_problems(update.model)
    elif kind == "provider":
        yield from _provider_problems(update.provider)
    else:
        yield from _capability_problems(update.capability)


def denied(update: pb.UpdateEvent, scope: Scope) -> Iterator[str]:
    """What of an update is about providers that its publisher may not see, whether or not they exist."""
    if update.HasField("model") and not scope.covers_model(update.model.model_id):
        yield "model.model_id must be of a provider that you have a right to"
    elif update.HasField("provider") and not scope.covers(update.provider.provider_id):
        yield "provider.provider_id must be a provider that you have a right to"
    elif update.HasField("capability"):
        for name in _MODEL_IDS:
            if not all(map(scope.covers_model, getattr(update.capability, name))):
                yield f"capability.{name} must be of providers that you have a right to"


def secrets_in(update: pb.ModelUpdate, paths: SecretPaths) -> Iterator[str]:
    """What an update tells that is declared secret."""
    for side in ("before", "after"):
        for path in paths.found(getattr(update, side).metadata):
            yield f"model.{side}.metadata.{path} {NOT_HERE}"
    for at, change in enumerate(update.changes):
        if any(paths.found(metadata) for metadata in _metadata_of(change)):
            yield f"model.changes[{at}] {NOT_HERE}"


def _metadata_of(change: pb.FieldChange) -> Iterator[Struct]:
    """Metadata that has nothing but what a change tells."""
    try:
        name, *keys = diff.steps(change.path)
    except ValueError:  # a path of no document
        return
    for value in (change.old_value, change.new_value):
        whole = Value()
        inner = whole
        for key in keys:
            inner = inner.struct_value.fields[key]
        inner.CopyFrom(value)
        if name == "metadata":
            yield whole.struct_value


def _model_problems(update: pb.ModelUpdate) -> Iterator[str]:
    yield from _text("model.model_id", update.model_id, _ID_BYTES)
    provider, slash, rest = update.model_id.partition("/")
    if not (provider and slash and rest):
        yield 'model.model_id must be of the form "<provider_id>/<provider_model_id>"'
    yield from _enum("model.type", update.type, pb.ModelUpdateType.DESCRIPTOR)
    if update.provider_id not in ("", provider):
        yield "model.provider_id must be the part of model_id before its first slash, or empty"
    for side in ("before", "after"):
        model: model_pb2.Model = getattr(update, side)
        if model.ByteSize() > _MODEL_BYTES:
            yield f"model.{side} must have at most {_MODEL_BYTES:,} bytes"
            continue
        if update.HasField(side) and model.id != update.model_id:
            yield f"model.{side}.id must be model_id"
        for path, moment in _times(model):
            if not _is_time(moment):
                yield f"model.{side}.{path} must be a time of the years 1 to 9999"
    if len(update.changes) > _MOST_CHANGES:
        yield f"model.changes must have at most {_MOST_CHANGES:,} entries"


def _provider_problems(update: pb.ProviderUpdate) -> Iterator[str]:
    yield from _text("provider.provider_id", update.provider_id, _NAME_BYTES)
    yield from _enum("provider.type", update.type, pb.ProviderUpdateType.DESCRIPTOR)
    for name in ("status", "previous_status"):
        yield from _enum(f"provider.{name}", getattr(update, name), provider_pb2.ProviderStatus.DESCRIPTOR, zero=True)


def _capability_problems(update: pb.CapabilityUpdate) -> Iterator[str]:
    yield from _text("capability.capability", update.capability, _NAME_BYTES)
    yield from _enum("capability.type", update.type, pb.CapabilityUpdateType.DESCRIPTOR)
    for name in _MODEL_IDS:
        ids = getattr(update, name)
        if len(ids) > _MOST_IDS or any(len(one.encode()) > _ID_BYTES for one in ids):
            yield f"capability.{name} must have at most {_MOST_IDS:,} ids of at most {_ID_BYTES:,} bytes"


def _times(model: model_pb2.Model) -> Iterator[tuple[str, Timestamp]]:
    for path, holder in (("", model), ("lifecycle.", model.lifecycle)):
        for field, value in holder.ListFields():
            if isinstance(value, Timestamp):
                yield path + field.name, value


def _is_time(moment: Timestamp) -> bool:
    try:
        moment.ToDatetime()
    except (ValueError, OverflowError):
        return False
    return True


def _text(field: str, value: str, most: int) -> Iterator[str]:
    if not value or len(value.encode()) > most or any(ord(character) < 32 for character in value):
        yield f"{field} must have 1 to {most:,} bytes without control characters"


def _enum(field: str, value: int, kind: EnumDescriptor, *, zero: bool = False) -> Iterator[str]:
    if value not in kind.values_by_number or (value == 0 and not zero):
        yield f"{field} must be one of the values of {kind.name}"


def _external(update: pb.UpdateEvent, reason: str) -> pb.UpdateEvent:
    """The update as it is logged: what the server says of every update is left out."""
    event = pb.UpdateEvent(external=True, source_id=update.source_id, reason=update.reason or reason)
    kind = update.WhichOneof("update")
    assert kind is not None
    getattr(event, kind).CopyFrom(getattr(update, kind))
    if kind == "model":
        event.model.provider_id = update.model.model_id.partition("/")[0]
        event.model.ClearField("version")
        event.model.ClearField("previous_version")
        for side in ("before", "after"):
            if event.model.HasField(side):
                _complete(getattr(event.model, side))
        event.change_kinds.extend(sorted({change.kind for change in update.model.changes}))
    return event


def _complete(model: model_pb2.Model) -> None:
    """What follows from the rest, so that filters find it as in models of the catalogue."""
    model.provider_id, _, model.provider_model_id = model.id.partition("/")
    for price in model.prices.values():
        price.currency = price.currency or "USD"
