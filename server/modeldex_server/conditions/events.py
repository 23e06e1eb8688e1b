"""The fields of updates: of providers, of capabilities, and of every kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from google.protobuf.descriptor import EnumDescriptor

from modeldex.v1 import model_pb2
from modeldex.v1 import update_pb2 as pb
from modeldex_server.conditions import kinds
from modeldex_server.conditions.fields import Field, Fields, field_of, of_message, words_of

_PROVIDER = ("provider_id", "type", "status", "previous_status", "availability", "model_count")
_CAPABILITY = ("capability", "type")

# How an update's kind is numbered: as its field in UpdateEvent.update.
KINDS = {field.name: field.number for field in pb.UpdateEvent.DESCRIPTOR.oneofs_by_name["update"].fields}
MODEL, PROVIDER, CAPABILITY = KINDS["model"], KINDS["provider"], KINDS["capability"]


class Update(Protocol):
    """An update as filters look at it. Texts are empty where there is nothing to tell."""

    @property
    def kind(self) -> int:
        """Which field of UpdateEvent.update it is, by its number."""
        ...

    @property
    def type(self) -> int:
        """What happened, as the enum of its kind numbers it; of the life cycle the milestone."""
        ...

    @property
    def principal(self) -> str: ...
    @property
    def source_id(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def external(self) -> bool: ...
    @property
    def provider_id(self) -> str: ...
    @property
    def model_id(self) -> str: ...
    @property
    def change_kinds(self) -> Sequence[int]: ...

    def model_before(self) -> model_pb2.Model | None:
        """The model before the change; None where there was none, and for other kinds."""
        ...

    def model_after(self) -> model_pb2.Model | None:
        """The model after the change; None where there is none, and for other kinds."""
        ...

    def message(self) -> Any:
        """The field of UpdateEvent.update. Asked of a PROVIDER and of a CAPABILITY only."""
        ...


def _all_changed(update: pb.CapabilityUpdate) -> list[str] | None:
    return [*update.gained_model_ids, *update.lost_model_ids, *update.changed_model_ids] or None


PROVIDER_FIELDS: Fields[pb.ProviderUpdate] = Fields(
    "an update of a provider", dict(of_message(pb.ProviderUpdate, _PROVIDER))
)
CAPABILITY_FIELDS: Fields[pb.CapabilityUpdate] = Fields(
    "an update of a capability",
    {**dict(of_message(pb.CapabilityUpdate, _CAPABILITY)), "model_ids": field_of(kinds.TEXTS, _all_changed)},
)

# Numbers of types are distinct within their kind only, so a type is (kind, number) here.
_TYPES: dict[str, EnumDescriptor] = {
    "model": pb.ModelUpdateType.DESCRIPTOR,
    "provider": pb.ProviderUpdateType.DESCRIPTOR,
    "capability": pb.CapabilityUpdateType.DESCRIPTOR,
    "lifecycle": pb.LifecycleMilestone.DESCRIPTOR,
    "operation": pb.OperationUpdateType.DESCRIPTOR,
}
_TYPE_WORDS = {
    name: (KINDS[kind], number) for kind, types in _TYPES.items() for name, number in words_of(types).items()
}


def _text(get: Callable[[Update], str]) -> Field[Update]:
    return field_of(kinds.NAME, lambda update: get(update) or None)


UPDATE_FIELDS: Fields[Update] = Fields(
    "an update",
    {
        "kind": field_of(kinds.word(KINDS), lambda update: update.kind),
        "type": field_of(kinds.word(_TYPE_WORDS), lambda update: (update.kind, update.type)),
        "principal": _text(lambda update: update.principal),
        "source_id": _text(lambda update: update.source_id),
        "reason": _text(lambda update: update.reason),
        "external": field_of(kinds.FLAG, lambda update: update.external),
        "provider_id": _text(lambda update: update.provider_id),
        "model_id": _text(lambda update: update.model_id),
        "change_kinds": field_of(
            kinds.Members(kinds.word(words_of(pb.FieldChangeKind.DESCRIPTOR))), lambda update: update.change_kinds
        ),
    },
)
