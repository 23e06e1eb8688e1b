"""The rules of a watch, as `subscriber_service.proto` states them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from modeldex.v1 import condition_pb2, update_pb2
from modeldex_server import conditions
from modeldex_server.errors import Violation
from modeldex_server.rpc.validation.rules import Names, Rule, Violations, enum, not_negative, number, span, text, within

_TOKEN_BYTES = 1024

_OPTIONS: tuple[Rule, ...] = (
    text("resume_token", _TOKEN_BYTES),
    not_negative("after_revision"),
    number("max_batch_events", 1, 1000),
    number("max_batch_bytes", 1024, 1024 * 1024),
    span("max_batch_delay", timedelta(0), timedelta(seconds=5), "0 to 5 seconds"),
    span("bookmark_interval", timedelta(seconds=1), timedelta(seconds=60), "1 to 60 seconds"),
    enum("coalescing", update_pb2.UpdateCoalescing.DESCRIPTOR),
)


def event_filters(names: Names) -> Rule:
    """The filters of a watch or a subscription."""

    def rule(request: Any, path: str, out: Violations) -> None:
        found = conditions.problems_together(request.filters, names)
        out.extend(Violation(path + where, text) for where, text in found)

    return rule


def no_deleted(request: Any, path: str, out: Violations) -> None:
    """A watch sees a deleted model as gone."""
    if request.models.include_deleted:
        out.append(Violation(path + "models.include_deleted", "must not be set: a watch sees deleted models as gone"))


def _snapshot(request: Any, path: str, out: Violations) -> None:
    """What a snapshot shows are models, which have none of the fields that a custom filter looks at."""
    if not request.options.initial_snapshot:
        return
    custom = condition_pb2.EVENT_FILTER_TYPE_CUSTOM
    if any(one.type == custom for one in request.filters):
        out.append(Violation(path + "options.initial_snapshot", "cannot be combined with a filter of type CUSTOM"))


def no_snapshot(request: Any, path: str, out: Violations) -> None:
    """Only updates of models have a snapshot."""
    if request.options.initial_snapshot:
        out.append(Violation(path + "options.initial_snapshot", "only a watch of models has a snapshot"))


def rules(names: Names) -> tuple[Rule, ...]:
    """What holds of every watch. `names` are the capabilities that conditions may name."""
    return (within("options", _OPTIONS), event_filters(names), _snapshot)
