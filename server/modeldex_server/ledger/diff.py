"""What differs between two documents: pure functions, with these laws.

    apply(a, diff(a, b)) == b          diff(a, a) == []          diff(b, a) == inverse(diff(a, b))

A document is seen as its leaves: a path for each fact, to its value. A set's members and a map's keys are paths of
their own, so their order plays no part.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Set
from typing import Any

from google.protobuf.message import Message
from google.protobuf.struct_pb2 import Struct, Value
from google.protobuf.timestamp_pb2 import Timestamp

from modeldex.v1 import model_pb2
from modeldex.v1 import update_pb2 as pb
from modeldex_server.ledger.documents import canonical
from modeldex_server.wire import fields

Leaves = dict[str, Value]

_BESIDE = ("tags", "metadata", "alternatives", "field_sources", "listed_by", "unlisted")
_STEP = re.compile(r'\.?([a-z0-9_]+)|\[("(?:[^"\\]|\\.)*")\]')
_SWAPPED = {
    pb.FIELD_CHANGE_OPERATION_ADDED: pb.FIELD_CHANGE_OPERATION_REMOVED,
    pb.FIELD_CHANGE_OPERATION_REMOVED: pb.FIELD_CHANGE_OPERATION_ADDED,
    pb.FIELD_CHANGE_OPERATION_REPLACED: pb.FIELD_CHANGE_OPERATION_REPLACED,
}


def diff(before: model_pb2.Model | None, after: model_pb2.Model | None) -> list[pb.FieldChange]:
    """The changes that lead from one canonical document to another, ordered by path; None is an empty document."""
    old, new = _leaves_that_differ(before, after)
    changed = sorted(path for path in old.keys() | new.keys() if not _same(old.get(path), new.get(path)))
    return [_change(path, old.get(path), new.get(path)) for path in changed]


def inverse(changes: Iterable[pb.FieldChange]) -> list[pb.FieldChange]:
    """The changes that lead back."""
    return [_inverse(change) for change in changes]


def apply(before: model_pb2.Model | None, changes: Iterable[pb.FieldChange]) -> model_pb2.Model:
    """The document after the changes."""
    facts = leaves(before)
    for change in changes:
        if change.operation == pb.FIELD_CHANGE_OPERATION_REMOVED:
            facts.pop(change.path, None)
        else:
            facts[change.path] = change.new_value
    return document_of(facts)


def document_of(facts: Leaves) -> model_pb2.Model:
    """The document that has these facts."""
    document = model_pb2.Model()
    for path in sorted(facts):
        _set(document, list(steps(path)), facts[path])
    return canonical(document)


def leaves(document: model_pb2.Model | None) -> Leaves:
    """Every fact of a canonical document by its path."""
    return {} if document is None else dict(_message_leaves("", document))


def _leaves_that_differ(before: model_pb2.Model | None, after: model_pb2.Model | None) -> tuple[Leaves, Leaves]:
    """The facts of the fields whose bytes are not the same: nearly always few of many."""
    if before is None or after is None:
        return leaves(before), leaves(after)
    old, new = (fields(document.SerializeToString(deterministic=True)) for document in (before, after))
    same = {number for number, data in old.items() if new.get(number) == data}
    return dict(_message_leaves("", before, same)), dict(_message_leaves("", after, same))


def _change(path: str, old: Value | None, new: Value | None) -> pb.FieldChange:
    if old is None:
        operation = pb.FIELD_CHANGE_OPERATION_ADDED
    elif new is None:
        operation = pb.FIELD_CHANGE_OPERATION_REMOVED
    else:
        operation = pb.FIELD_CHANGE_OPERATION_REPLACED
    return pb.FieldChange(path=path, operation=operation, kind=_kind(path), old_value=old, new_value=new)


def _inverse(change: pb.FieldChange) -> pb.FieldChange:
    return pb.FieldChange(
        path=change.path,
        operation=_SWAPPED[change.operation],
        kind=change.kind,
        old_value=change.new_value if change.HasField("new_value") else None,
        new_value=change.old_value if change.HasField("old_value") else None,
    )


def _kind(path: str) -> pb.FieldChangeKind.ValueType:
    if path.startswith("capabilities["):
        return pb.FIELD_CHANGE_KIND_CAPABILITY
    field = re.split(r"[.\[]", path, maxsplit=1)[0]
    return pb.FIELD_CHANGE_KIND_METADATA if field in _BESIDE else pb.FIELD_CHANGE_KIND_PROPERTY


def _same(old: Value | None, new: Value | None) -> bool:
    # Bytes, not ==: a NaN in metadata is the same NaN.
    if old is None or new is None:
        return old is new
    return old.SerializeToString(deterministic=True) == new.SerializeToString(deterministic=True)


# Documents to leaves. A `field` is a FieldDescriptor, of whichever of protobuf's implementations.


def _message_leaves(prefix: str, message: Message, without: Set[int] = frozenset()) -> Iterator[tuple[str, Value]]:
    for field, value in message.ListFields():
        if field.number in without:
            continue
        path = f"{prefix}.{field.name}" if prefix else field.name
        if _is_map(field):
            entry: Any = field.message_type
            for key in value:
                yield from _value_leaves(_keyed(path, key), entry.fields_by_name["value"], value[key])
        elif field.is_repeated:
            yield from (_member_leaf(path, field, member) for member in value)
        else:
            yield from _value_leaves(path, field, value)


def _value_leaves(path: str, field: Any, value: Any) -> Iterator[tuple[str, Value]]:
    match value:
        case Timestamp():
            yield path, Value(string_value=value.ToJsonString())
        case model_pb2.CapabilityValue():
            yield path, _capability(value)
        case Struct():
            yield from ((_keyed(path, key), value.fields[key]) for key in value.fields)
        case Message():
            yield from _message_leaves(path, value)
        case _:
            yield path, _scalar(field, value)


def _member_leaf(path: str, field: Any, member: Any) -> tuple[str, Value]:
    if isinstance(member, model_pb2.PriceTier):
        return _keyed(path, str(member.above_tokens)), Value(string_value=member.amount)
    value = _scalar(field, member)
    return _keyed(path, value.string_value), value


def _scalar(field: Any, value: Any) -> Value:
    if field.enum_type is not None:
        known = field.enum_type.values_by_number.get(value)
        return Value(string_value=known.name if known else str(value))
    if isinstance(value, bool):
        return Value(bool_value=value)
    return Value(string_value=value) if isinstance(value, str) else Value(number_value=value)


def _capability(value: model_pb2.CapabilityValue) -> Value:
    match value.WhichOneof("value"):
        case "flag":
            return Value(bool_value=value.flag)
        case "number":
            return Value(number_value=value.number)
        case "list":
            words = Value()
            words.list_value.SetInParent()  # an empty list is a value, too
            words.list_value.extend(value.list.values)
            return words
        case _:
            return Value(string_value=value.text)


def _keyed(path: str, key: str) -> str:
    return f"{path}[{json.dumps(key, ensure_ascii=False)}]"


def _is_map(field: Any) -> bool:
    return field.message_type is not None and bool(field.message_type.GetOptions().map_entry)


# Leaves to documents.


def steps(path: str) -> Iterator[str]:
    """The names and keys that a path leads over."""
    for match in _STEP.finditer(path):
        yield match[1] if match[1] is not None else json.loads(match[2])


def _set(message: Message, steps: list[str], value: Value) -> None:
    field: Any = message.DESCRIPTOR.fields_by_name[steps[0]]
    target = getattr(message, steps[0])
    if _is_map(field):
        _set_in_map(target, field.message_type.fields_by_name["value"], steps[1:], value)
    elif isinstance(target, Struct):
        target.fields[steps[1]].CopyFrom(value)
    elif field.is_repeated:
        target.append(_member(field, steps[1], value))
    elif isinstance(target, Timestamp):
        target.FromJsonString(value.string_value)
    elif isinstance(target, Message):
        _set(target, steps[1:], value)
    else:
        setattr(message, steps[0], _native(field, value))


def _set_in_map(target: Any, field: Any, steps: list[str], value: Value) -> None:
    if field.message_type is None:
        target[steps[0]] = _native(field, value)
    elif isinstance(entry := target[steps[0]], model_pb2.CapabilityValue):
        entry.CopyFrom(_capability_value(value))
    else:
        _set(entry, steps[1:], value)


def _member(field: Any, key: str, value: Value) -> Any:
    if field.message_type is not None:
        return model_pb2.PriceTier(above_tokens=int(key), amount=value.string_value)
    return _native(field, value)


def _native(field: Any, value: Value) -> Any:
    if field.enum_type is not None:
        known = field.enum_type.values_by_name.get(value.string_value)
        return known.number if known else int(value.string_value)
    kind = value.WhichOneof("kind")
    if kind == "number_value" and field.cpp_type != field.CPPTYPE_DOUBLE:
        return int(value.number_value)
    return getattr(value, kind) if kind else None


def _capability_value(value: Value) -> model_pb2.CapabilityValue:
    match value.WhichOneof("kind"):
        case "bool_value":
            return model_pb2.CapabilityValue(flag=value.bool_value)
        case "number_value":
            return model_pb2.CapabilityValue(number=value.number_value)
        case "list_value":
            words = [word.string_value for word in value.list_value.values]
            return model_pb2.CapabilityValue(list=model_pb2.StringList(values=words))
        case _:
            return model_pb2.CapabilityValue(text=value.string_value)
