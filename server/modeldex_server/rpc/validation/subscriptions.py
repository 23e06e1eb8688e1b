"""The rules of subscriptions, as `subscription.proto` and `subscriber_service.proto` state them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from google.protobuf.message import Message

from modeldex.v1 import condition_pb2, update_pb2
from modeldex.v1 import subscriber_service_pb2 as api
from modeldex.v1 import subscription_pb2 as pb
from modeldex_server import conditions
from modeldex_server.errors import Violation
from modeldex_server.feed.subscriptions import wishes
from modeldex_server.rpc.validation.rules import (
    Names,
    Rule,
    Violations,
    each,
    enum,
    enums,
    not_negative,
    number,
    required,
    shown,
    span,
    text,
    text_problem,
    texts,
    timestamp,
    within,
)
from modeldex_server.rpc.validation.watch import event_filters, no_deleted

_ID_BYTES = 128
_METADATA, _KEY_BYTES, _VALUE_BYTES = 64, 128, 1024
_REASON_BYTES = 64
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# What of WatchOptions a subscription does not say itself.
_OF_THE_STREAM = frozenset({"bookmark_interval", "resume_token"})


def table(names: Names, models: Rule) -> dict[type[Message], tuple[Rule, ...]]:
    """The rules of each request about subscriptions. `names` are the capabilities that conditions may name, `models` is
    the rule of a ModelFilter."""
    named, filter_id = (text(field, _ID_BYTES, required=True) for field in ("subscription_id", "filter_id"))
    request_id, expected, page_size = (
        text("request_id", 128),
        not_negative("expected_version"),
        not_negative("page_size"),
    )
    given = (event_filters(names), within("models", (models,)), no_deleted, within("options", _OPTIONS))
    new = (text("client_id", _ID_BYTES, required=True), enum("type", pb.SubscriptionType.DESCRIPTOR, required=True))
    one_filter = (required("filter"), _filter(names))
    return {
        api.CreateSubscriptionRequest: (
            required("subscription"),
            within("subscription", (*new, *given, _models_fit)),
            not_negative("after_revision"),
            request_id,
        ),
        api.GetSubscriptionRequest: (named,),
        api.ListSubscriptionsRequest: (
            text("client_id", _ID_BYTES),
            enums("types", pb.SubscriptionType.DESCRIPTOR, 100),
            enums("statuses", pb.SubscriptionStatus.DESCRIPTOR, 100),
            enums("filter_types", condition_pb2.EventFilterType.DESCRIPTOR, 100),
            texts("filter_fields", 20, 256),
            *(timestamp(field) for field in ("created_after", "created_before", "active_after")),
            page_size,
        ),
        api.UpdateSubscriptionRequest: (
            named,
            required("subscription"),
            within("subscription", given),
            _mask,
            expected,
            request_id,
        ),
        api.DeleteSubscriptionRequest: (named, request_id),
        api.DeleteClientSubscriptionsRequest: (text("client_id", _ID_BYTES, required=True), request_id),
        api.PauseSubscriptionRequest: (named, request_id),
        api.ResumeSubscriptionRequest: (named, request_id),
        api.AddSubscriptionFilterRequest: (named, *one_filter, expected, request_id),
        api.RemoveSubscriptionFilterRequest: (named, filter_id, expected, request_id),
        api.UpdateSubscriptionFilterRequest: (named, filter_id, *one_filter, expected, request_id),
        api.AcknowledgeUpdatesRequest: (named, _least("stream", 1), not_negative("through_revision"), _rejected),
        api.ListDeadLettersRequest: (named, page_size),
    }


def of_subscription(request: api.WatchRequest, path: str, out: Violations) -> None:
    """A subscription says itself what comes, how, and from where."""
    if problem := text_problem(request.subscription_id, _ID_BYTES):
        out.append(Violation(path + "subscription_id", problem))
    if not request.subscription_id:
        return
    set_beside = [field.name for field, _ in request.ListFields() if field.name in ("filters", "models")]
    set_beside += [
        f"options.{field.name}" for field, _ in request.options.ListFields() if field.name not in _OF_THE_STREAM
    ]
    out.extend(
        Violation(path + name, "must not be set with subscription_id: the subscription says it") for name in set_beside
    )


def _filter(names: Names) -> Rule:
    """The one filter of a request."""

    def rule(request: Any, path: str, out: Violations) -> None:
        if request.HasField("filter"):
            found = conditions.problems(request.filter, names)
            out.extend(Violation(f"{path}filter.{where}", problem) for where, problem in found)

    return rule


def _models_fit(subscription: pb.Subscription, path: str, out: Violations) -> None:
    known = subscription.type in pb.SubscriptionType.values() and subscription.type
    if known and (problem := wishes.models_problem(subscription.type, subscription)):
        out.append(Violation(path + "models", problem))


def _mask(request: api.UpdateSubscriptionRequest, path: str, out: Violations) -> None:
    """Paths that may be changed; without any, a part that is set."""
    paths = request.update_mask.paths
    if len(paths) > len(wishes.PATHS):
        out.append(Violation(path + "update_mask", f"must name at most {len(wishes.PATHS)} fields, not {len(paths):,}"))
        return
    wrong = (at for at, one in enumerate(paths) if one not in wishes.PATHS)
    out.extend(Violation(f"{path}update_mask.paths[{at}]", _ALLOWED) for at in wrong)
    if not paths and request.HasField("subscription") and not wishes.set_in(request.subscription):
        problem = "must set filters, models or options; to empty one, name it in update_mask"
        out.append(Violation(path + "subscription", problem))


def _metadata(options: pb.SubscriptionOptions, path: str, out: Violations) -> None:
    if len(options.metadata) > _METADATA:
        problem = f"must have at most {_METADATA} entries, not {len(options.metadata):,}"
        out.append(Violation(path + "metadata", problem))
        return
    for key in sorted(options.metadata):
        where = f"{path}metadata[{shown(key)}]"
        if wrong := text_problem(key, _KEY_BYTES, least=1):
            out.append(Violation(where, f"has a key that {wrong}"))
        if wrong := text_problem(options.metadata[key], _VALUE_BYTES, lines=True):
            out.append(Violation(where, wrong))


def _rejected(request: api.AcknowledgeUpdatesRequest, path: str, out: Violations) -> None:
    each("rejected", 1000, _REJECTION)(request, path, out)
    for at, one in enumerate(request.rejected[:1000]):
        if not 1 <= one.revision <= request.through_revision:
            out.append(Violation(f"{path}rejected[{at}].revision", "must be 1 to through_revision"))


def _least(field: str, least: int) -> Rule:
    """A number that is not less."""

    def rule(message: Any, path: str, out: Violations) -> None:
        if getattr(message, field) < least:
            out.append(Violation(path + field, f"must be at least {least:,}"))

    return rule


def _priority(options: pb.SubscriptionOptions, path: str, out: Violations) -> None:
    if not 0 <= options.priority <= 9:
        out.append(Violation(path + "priority", "must be 0 to 9"))


_ALLOWED = 'must be filters, models, options, or "options." and one of ' + ", ".join(
    pb.SubscriptionOptions.DESCRIPTOR.fields_by_name
)
_REJECTION: tuple[Rule, ...] = (
    not_negative("ordinal"),
    text("reason", _REASON_BYTES),
    text("message", 1024, lines=True),
)
_RETRY: tuple[Rule, ...] = (
    number("max_retries", 0, 100),
    span("base_delay", timedelta(0), _HOUR, "0 seconds to 1 hour"),
    span("max_delay", timedelta(0), _DAY, "0 seconds to 1 day"),
    number("multiplier", 1, 10),
    texts("retryable_reasons", 50, _REASON_BYTES),
)
_OPTIONS: tuple[Rule, ...] = (
    number("max_batch_events", 1, 1000),
    span("max_batch_delay", timedelta(0), timedelta(seconds=5), "0 to 5 seconds"),
    number("max_batch_bytes", 1024, 1024 * 1024),
    enum("coalescing", update_pb2.UpdateCoalescing.DESCRIPTOR),
    enum("acknowledgement", pb.AcknowledgementMode.DESCRIPTOR),
    span("acknowledgement_timeout", timedelta(seconds=1), _HOUR, "1 second to 1 hour"),
    number("max_unacknowledged", 1, 100_000),
    within("retry", _RETRY),
    _priority,
    span("idle_timeout", _MINUTE, 365 * _DAY, "1 minute to 365 days"),
    _metadata,
)
