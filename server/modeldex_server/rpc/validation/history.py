"""The rules of what is asked of the history, as `history_service.proto` states them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from google.protobuf.message import Message

from modeldex.v1 import history_pb2, update_pb2
from modeldex.v1 import history_service_pb2 as api
from modeldex_server.errors import Violation
from modeldex_server.rpc.validation.model import ID_BYTES, PROVIDER_ID_BYTES, model_id_problem
from modeldex_server.rpc.validation.paths import path_problem
from modeldex_server.rpc.validation.pins import pinned_fields
from modeldex_server.rpc.validation.rules import (
    Names,
    Rule,
    Violations,
    checked,
    enums,
    not_negative,
    span,
    text,
    texts,
    timestamp,
    within,
)

_WORDS = 100
_IDS = 1000
_WORD_BYTES = 128
_PRINCIPAL_BYTES = 1024
_REASON_BYTES = 1024
_HASH_BYTES = 32
_PIN = (timedelta(minutes=1), timedelta(days=3650), "1 minute to 3,650 days")


def table(names: Names) -> dict[type[Message], tuple[Rule, ...]]:
    """The rules of each request. `names` are the capabilities that there are."""
    # Whoever asks for a model by an id that none can have is told that there is none; only a writer needs its form.
    any_model_id, own_model_id = text("model_id", ID_BYTES, required=True), checked("model_id", model_id_problem)
    of_model, rollback_id = text("model_id", ID_BYTES), text("rollback_id", _WORD_BYTES, required=True)
    min_revision, page_size, expected = (not_negative(f) for f in ("min_revision", "page_size", "expected_version"))
    request_id, times = text("request_id", _WORD_BYTES), (timestamp("start_time"), timestamp("end_time"), _span)
    why, any_why = (text("reason", _REASON_BYTES, required=must, lines=True) for must in (True, False))
    operations = enums("operations", history_pb2.ModelVersionOperation.DESCRIPTOR, 16)
    return {
        api.ListModelVersionsRequest: (any_model_id, operations, page_size, min_revision),
        api.GetModelVersionRequest: (any_model_id, not_negative("version"), min_revision),
        api.CompareModelVersionsRequest: (
            any_model_id,
            _version("from_version"),
            not_negative("to_version"),
            min_revision,
        ),
        api.ListModelChangesRequest: (within("filter", (*_CHANGES, operations, *times)), page_size, min_revision),
        api.GetVersionStatsRequest: (of_model, min_revision),
        api.RequestRollbackRequest: (
            own_model_id,
            _version("target_version"),
            why,
            expected,
            request_id,
            span("pin_duration", *_PIN),
        ),
        api.ApproveRollbackRequest: (rollback_id, _diff_hash, text("comment", _REASON_BYTES, lines=True), request_id),
        api.RejectRollbackRequest: (rollback_id, why, request_id),
        api.CancelRollbackRequest: (rollback_id, any_why, request_id),
        api.GetRollbackRequest: (rollback_id, min_revision),
        api.ListRollbacksRequest: (
            of_model,
            enums("states", history_pb2.RollbackState.DESCRIPTOR, 16),
            text("requester", _PRINCIPAL_BYTES),
            *times,
            page_size,
            min_revision,
        ),
        api.PinModelRequest: (
            own_model_id,
            pinned_fields("fields", _WORDS, names),
            why,
            timestamp("expire_time"),
            expected,
            request_id,
        ),
        api.UnpinModelRequest: (own_model_id, _paths("paths", _any_path_problem), any_why, expected, request_id),
        api.ListModelPinsRequest: (of_model, text("provider_id", PROVIDER_ID_BYTES), page_size, min_revision),
        api.CleanupHistoryRequest: (of_model,),
        api.ListAuditEventsRequest: (
            text("principal", _PRINCIPAL_BYTES),
            texts("methods", _WORDS, _WORD_BYTES),
            text("resource", ID_BYTES),
            text("provider_id", PROVIDER_ID_BYTES),
            texts("outcomes", _WORDS, _WORD_BYTES),
            *times,
            request_id,
            page_size,
        ),
    }


def _version(field: str) -> Rule:
    """The number of a version, which must be given."""

    def rule(message: Any, path: str, out: Violations) -> None:
        if getattr(message, field) < 1:
            out.append(Violation(path + field, "must be at least 1"))

    return rule


def _paths(field: str, problem_of: Callable[[str], str | None]) -> Rule:
    """A list of at most 100 paths."""

    def rule(message: Any, path: str, out: Violations) -> None:
        values = getattr(message, field)
        if len(values) > _WORDS:
            out.append(Violation(path + field, f"must have at most {_WORDS} entries, not {len(values):,}"))
            return
        problems = ((at, problem_of(one)) for at, one in enumerate(values))
        out.extend(Violation(f"{path}{field}[{at}]", problem) for at, problem in problems if problem)

    return rule


def _any_path_problem(value: str) -> str | None:
    """The same where the empty path stands for the whole model."""
    return path_problem(value) if value else None


def _diff_hash(request: api.ApproveRollbackRequest, path: str, out: Violations) -> None:
    if len(request.diff_hash) != _HASH_BYTES:
        out.append(Violation(path + "diff_hash", f"must have {_HASH_BYTES} bytes: the hash of the diff that was seen"))


def _span(message: Any, path: str, out: Violations) -> None:
    """A span that ends before it starts has nothing in it, and is a mistake."""
    if message.HasField("start_time") and message.HasField("end_time"):
        start, end = message.start_time, message.end_time
        if (end.seconds, end.nanos) < (start.seconds, start.nanos):
            out.append(Violation(path + "end_time", "must not be before start_time"))


def _revisions(wanted: api.ModelChangeFilter, path: str, out: Violations) -> None:
    if 0 < wanted.up_to_revision < wanted.after_revision:
        out.append(Violation(path + "up_to_revision", "must not be less than after_revision"))


_CHANGES: tuple[Rule, ...] = (
    texts("model_ids", _IDS, ID_BYTES),
    texts("provider_ids", _IDS, PROVIDER_ID_BYTES),
    _paths("paths", path_problem),
    enums("types", update_pb2.FieldChangeOperation.DESCRIPTOR, 3),
    enums("change_classes", history_pb2.ChangeClass.DESCRIPTOR, 3),
    texts("principals", _WORDS, _PRINCIPAL_BYTES),
    not_negative("after_revision"),
    not_negative("up_to_revision"),
    _revisions,
)
