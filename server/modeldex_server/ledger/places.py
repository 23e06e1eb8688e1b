"""Where paths lead in a document: to a fact, or to a part with facts under it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from google.protobuf.struct_pb2 import Struct
from google.protobuf.timestamp_pb2 import Timestamp

from modeldex.v1 import model_pb2
from modeldex_server.ledger.diff import steps

_SYNTAX = re.compile(r'[a-z0-9_]+(?:\.[a-z0-9_]+|\["(?:[^"\\]|\\.)*"\])*')
_FACTS = (Timestamp.DESCRIPTOR.full_name, model_pb2.CapabilityValue.DESCRIPTOR.full_name)
_DOCUMENT = frozenset(field.name for field in model_pb2.Model.DESCRIPTOR.fields) - {
    "version",
    "revision",
    "create_time",
    "update_time",
    "availability",
}


@dataclass(frozen=True, slots=True)
class Place:
    """What a path leads to. `path` is how it is spelled."""

    path: str
    is_fact: bool  # False: a part, with facts under it


def place_of(path: str) -> Place | None:
    """Where a path leads; None where nothing of a document can be."""
    try:
        names = list(steps(path)) if _SYNTAX.fullmatch(path) else []
        "".join(names).encode()  # JSON can say half a character, too
    except ValueError:
        return None
    if not names or names[0] not in _DOCUMENT or any("\0" in name for name in names):
        return None
    return _in_message(model_pb2.Model.DESCRIPTOR, names, "")


# As for the diff: a `field` is a FieldDescriptor, of whichever of protobuf's implementations.


def _in_message(message: Any, names: Sequence[str], before: str) -> Place | None:
    field = message.fields_by_name.get(names[0])
    if field is None:
        return None
    path, rest = before + field.name, names[1:]
    kind = field.message_type
    if not field.is_repeated and (kind is None or kind.full_name != Struct.DESCRIPTOR.full_name):
        return _in_value(kind, rest, path)
    if not rest:
        return Place(path, is_fact=False)
    path, rest = f"{path}[{json.dumps(rest[0], ensure_ascii=False)}]", rest[1:]
    of_map = kind is not None and kind.GetOptions().map_entry
    return _in_value(kind.fields_by_name["value"].message_type if of_map else None, rest, path)


def _in_value(kind: Any, rest: Sequence[str], path: str) -> Place | None:
    if kind is None or kind.full_name in _FACTS:
        return None if rest else Place(path, is_fact=True)
    return _in_message(kind, rest, f"{path}.") if rest else Place(path, is_fact=False)
