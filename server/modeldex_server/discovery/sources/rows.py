"""Records of a listing: parsing them exactly, choosing those with a usable id, telling the rest by index."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal

from modeldex_server.discovery.sources.source import RawRow

MAX_ID_BYTES = 1024  # of a model: provider, slash and the provider's own id
MAX_PROVIDER_ID_BYTES = 128
MAX_DEPTH = 16  # of a record; what lies deeper is dropped, so that no reader of it runs out of stack
_MAX_DIGITS = 300  # of an integer: beyond a double, no JSON column and no Struct can hold it
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def parse(body: bytes) -> object:
    """Reads JSON with exact fractions: Decimal, not float. NaN, Infinity and absurd numbers are read as null.

    ValueError where it is no JSON, is cut off, or is nested too deep to read.
    """
    try:
        return json.loads(body, parse_float=_fraction, parse_int=_integer, parse_constant=lambda _: None)
    except RecursionError:
        raise ValueError("nested too deep") from None


def _fraction(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except ArithmeticError:
        return None
    return number if abs(number.adjusted()) < _MAX_DIGITS else None


def _integer(text: str) -> int | None:
    return int(text) if len(text) <= _MAX_DIGITS else None


def read(provider_id: str, records: Iterable[tuple[object, object]]) -> tuple[list[RawRow], list[str]]:
    """Sorts pairs of (id, record) into rows and a line for each record that is none.

    Ids are kept byte for byte. An equal duplicate is dropped; of different records with one id the first counts.
    """
    rows: dict[str, RawRow] = {}
    rejected: list[str] = []
    for index, (model_id, record) in enumerate(records):
        problem = _problem(provider_id, model_id, record, rows)
        if problem:
            rejected.append(f"record {index}: {problem}")
        elif isinstance(model_id, str) and isinstance(record, dict):
            rows.setdefault(model_id, RawRow(model_id, storable(record)))
    return list(rows.values()), rejected


def _problem(provider_id: str, model_id: object, record: object, rows: Mapping[str, RawRow]) -> str | None:
    if not isinstance(record, dict):
        return "is no object"
    problem = id_problem(model_id, MAX_ID_BYTES - len(provider_id.encode()) - 1)
    if problem is None and model_id in rows and rows[str(model_id)].raw != storable(record):
        return f"the id {shown(str(model_id))} came before with other values; the first counts"
    return problem


def id_problem(value: object, limit: int) -> str | None:
    """Why a value is no id of at most `limit` bytes. None where it is one."""
    if not isinstance(value, str):
        return "has no id" if value is None else "its id is no text"
    if not value.strip():
        return "its id is empty"
    if _CONTROL.search(value):
        return f"its id {shown(value)} holds a control character"
    if not value.isascii() and _UNSTORABLE.search(value):
        return f"its id {shown(value)} is no valid Unicode"
    if len(value.encode()) > limit:
        return f"its id {shown(value)} has more than {limit} bytes"
    return None


def provider_id_problem(value: object) -> str | None:
    """Why a value is no id of a provider. None where it is one."""
    if isinstance(value, str) and "/" in value:
        return f"its id {shown(value)} holds a slash"
    return id_problem(value, MAX_PROVIDER_ID_BYTES)


def shown(text: str) -> str:
    """A text as a log may show it: quoted, in ASCII, at most 80 characters of it."""
    return json.dumps(text if len(text) <= 80 else text[:80] + "...")


def storable(record: Mapping[str, object]) -> dict[str, object]:
    """A record that any store can hold: NUL and half surrogate pairs become U+FFFD, nesting ends at 16 levels."""
    return {_text(key): _storable(value, MAX_DEPTH - 1) for key, value in record.items()}


def _storable(value: object, depth: int) -> object:
    kind = type(value)
    if kind is str:
        return _text(value)  # type: ignore[arg-type]  # type() does not narrow, isinstance is slower
    if kind is dict:
        return {_text(key): _storable(each, depth - 1) for key, each in value.items()} if depth else None  # type: ignore[attr-defined]  # a dict
    if kind is list:
        return [_storable(each, depth - 1) for each in value] if depth else None  # type: ignore[attr-defined]  # a list
    return value


def _text(text: str) -> str:
    return text if text.isascii() and "\x00" not in text else _UNSTORABLE.sub("\ufffd", text)


def to_json(raw: Mapping[str, object]) -> str:
    """A record as JSON with sorted keys. A fraction keeps 17 digits, as in any JSON that programs exchange."""
    return json.dumps(raw, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=float)


def fingerprint(raw: Mapping[str, object]) -> bytes:
    """32 bytes that differ where records differ, in any digit of a number too, but not in the order of keys."""
    text = json.dumps(raw, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).digest()
