"""Updates and conditions for the tests of this folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from google.protobuf.struct_pb2 import Value

from modeldex.v1 import condition_pb2, model_pb2
from modeldex.v1 import update_pb2 as pb
from modeldex_server.conditions.events import KINDS

TYPES = {name.removeprefix("EVENT_FILTER_TYPE_"): number for name, number in condition_pb2.EventFilterType.items()}


@dataclass(frozen=True)
class Told:
    """An update as filters look at it."""

    event: pb.UpdateEvent

    @property
    def kind(self) -> int:
        return KINDS[self.event.WhichOneof("update") or ""]

    @property
    def type(self) -> int:
        update = self.message()
        return update.milestone if self.event.HasField("lifecycle") else update.type

    @property
    def principal(self) -> str:
        return self.event.principal

    @property
    def source_id(self) -> str:
        return self.event.source_id

    @property
    def reason(self) -> str:
        return self.event.reason

    @property
    def external(self) -> bool:
        return self.event.external

    @property
    def provider_id(self) -> str:
        return getattr(self.message(), "provider_id", "")

    @property
    def model_id(self) -> str:
        return getattr(self.message(), "model_id", "")

    @property
    def change_kinds(self) -> Sequence[int]:
        return self.event.change_kinds

    def model_before(self) -> model_pb2.Model | None:
        return self._side("before")

    def model_after(self) -> model_pb2.Model | None:
        return self._side("after")

    def message(self) -> Any:
        return getattr(self.event, self.event.WhichOneof("update") or "")

    def _side(self, name: str) -> model_pb2.Model | None:
        return getattr(self.event.model, name) if self.event.model.HasField(name) else None


def of_model(before: model_pb2.Model | None, after: model_pb2.Model | None, **event: Any) -> Told:
    """An update of a model."""
    type_ = pb.MODEL_UPDATE_TYPE_UPDATED
    if before is None:
        type_ = pb.MODEL_UPDATE_TYPE_ADDED
    elif after is None:
        type_ = pb.MODEL_UPDATE_TYPE_REMOVED
    shown = after or before or model_pb2.Model()
    update = pb.ModelUpdate(type=type_, model_id=shown.id, provider_id=shown.provider_id, before=before, after=after)
    return Told(pb.UpdateEvent(model=update, **event))


def condition(field: str, operator: str, value: Any, *, case_sensitive: bool = False) -> condition_pb2.Condition:
    """A condition. A list, a string, a number, a flag and None stand for themselves."""
    return condition_pb2.Condition(
        field=field,
        operator=condition_pb2.ConditionOperator.Value(f"CONDITION_OPERATOR_{operator}"),
        value=as_value(value),
        case_sensitive=case_sensitive,
    )


def as_value(value: Any) -> Value:
    """A value of JSON."""
    made = Value()
    if isinstance(value, bool):
        made.bool_value = value
    elif isinstance(value, int | float):
        made.number_value = value
    elif isinstance(value, str):
        made.string_value = value
    elif isinstance(value, list):
        made.list_value.values.extend(map(as_value, value))
    elif value is None:
        made.null_value = 0
    elif isinstance(value, dict):
        made.struct_value.update(value)
    return made


def a_filter(type_: str, *conditions: condition_pb2.Condition, **fields: Any) -> condition_pb2.EventFilter:
    """A filter of a type, by its short name."""
    return condition_pb2.EventFilter(type=TYPES[type_], conditions=conditions, **fields)
