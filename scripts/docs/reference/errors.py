"""The page of errors: every reason with its code, its meaning, an example and what to do."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

from modeldex.v1 import error_reason_pb2
from modeldex_server import errors
from modeldex_server.errors import ModeldexError
from reference.contract import Contract, Value
from reference.markdown import GENERATED, escaped, paragraphs, prose, table

# What a program does about a code, where the reason itself says no more.
_ADVICE = {
    "INVALID_ARGUMENT": "Correct the request; sent again as it is, it fails again.",
    "NOT_FOUND": "Check the id. What is missing now may exist later.",
    "UNIMPLEMENTED": "Check the name of the method, and the release of the server.",
    "ABORTED": "Read again, decide again, and send with the version that you have read.",
    "ALREADY_EXISTS": "Use a new request_id.",
    "FAILED_PRECONDITION": "Change what stands in the way first; sent again as it is, it fails again.",
    "UNAUTHENTICATED": "Send a valid token or certificate.",
    "PERMISSION_DENIED": "Use a caller that has the role named in the metadata.",
    "UNAVAILABLE": "Send it again. It passes.",
    "DEADLINE_EXCEEDED": "Give it more time, or ask for less at once. A write may have been done: send it again with "
    "its request_id.",
    "CANCELLED": "Nothing: the caller ended the call itself.",
    "INTERNAL": "Report it with the incident's id; the server's log has more under it.",
    "OUT_OF_RANGE": "Begin anew: with a snapshot, or after a revision that there is.",
    "RESOURCE_EXHAUSTED": "Wait as long as `RetryInfo` says, or ask another replica.",
}


def page(contract: Contract) -> str:
    """The page."""
    (enum,) = (one for one in contract.enums if one.name == "ErrorReason")
    values = [value for value in enum.values if value.number]
    parts = [GENERATED, "# Errors\n"]
    parts += [_prose(part) + "\n" for part in paragraphs(enum.comment)]
    parts.append("How to handle them in a program: [Errors](../concepts/errors.md).\n")
    rows = ((f"[`{_name(value)}`](#{_name(value)})", f"`{_code(value)}`", _first(value)) for value in values)
    parts.append(table(("reason", "code", "meaning"), rows))
    parts += [part for value in values for part in _reason(value)]
    return "\n".join(parts)


def _reason(value: Value) -> Iterator[str]:
    meaning, example = _split(value)
    yield f"## {_name(value)} {{ #{_name(value)} }}\n"
    yield f"**Code** `{_code(value)}`, number {value.number}\n"
    yield _prose(meaning) + "\n"
    if example:
        yield f"**Example** {escaped(example)}\n"
    yield f"**What to do** {_advice(value)}\n"


def _advice(value: Value) -> str:
    kind = _class_of(value)
    advice = _ADVICE[_code(value)]
    if kind is None or _code(value) != "UNAVAILABLE":
        return _prose(advice)
    if not kind.retry_by_grpc:
        return "Ask again later: the server has waited, or tried again, already."
    wait = f" The answer names the wait: {kind.retry_after.total_seconds():g} s." if kind.retry_after else ""
    return _prose(advice) + wait


def _class_of(value: Value) -> type[ModeldexError] | None:
    number = error_reason_pb2.ErrorReason.Value(value.name)
    classes = (one for _, one in inspect.getmembers(errors, inspect.isclass) if issubclass(one, ModeldexError))
    return next((one for one in classes if "reason" in vars(one) and one.reason == number), None)


def _name(value: Value) -> str:
    return value.name.removeprefix("ERROR_REASON_")


def _code(value: Value) -> str:
    """The status code that a comment begins with."""
    found = re.match(r"([A-Z_]+)\.", value.comment)
    if found is None:
        raise ValueError(f"the comment of {value.name} names no code")
    return found[1]


def _split(value: Value) -> tuple[str, str]:
    text = " ".join(value.comment.split()).removeprefix(f"{_code(value)}. ")
    meaning, _, example = text.partition(" Example: ")
    return meaning, example


def _first(value: Value) -> str:
    return _prose(_split(value)[0].partition(". ")[0].rstrip(".") + ".")


def _prose(text: str) -> str:
    return prose(text, errors="")
