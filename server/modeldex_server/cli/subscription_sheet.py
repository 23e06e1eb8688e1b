"""Subscriptions as people read them: a row each, or one whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from modeldex_server.cli.terminal import texts
from modeldex_server.cli.terminal.cards import Card
from modeldex_server.cli.terminal.output import Sheet
from modeldex_server.cli.terminal.styles import Style
from modeldex_server.cli.terminal.tables import Column

if TYPE_CHECKING:
    from google.protobuf.struct_pb2 import Value

    from modeldex.v1.condition_pb2 import EventFilter
    from modeldex.v1.subscriber_service_pb2 import CleanupSubscriptionsResponse
    from modeldex.v1.subscription_pb2 import DeadLetter, Subscription


def sheet(now: datetime) -> Sheet[Subscription]:
    """How a list of subscriptions is written."""
    return Sheet(_columns(now), _FIELDS, lambda subscription: subscription.id)


def letters(now: datetime) -> Sheet[DeadLetter]:
    """How a list of dead letters is written."""
    return Sheet(_letter_columns(now), _LETTER_FIELDS, lambda letter: f"{letter.revision}/{letter.ordinal}")


def lines(subscription: Subscription, now: datetime, width: int | None, *, colour: bool) -> Iterator[str]:
    """One subscription."""
    card = Card(width, colour)
    card.add("id", texts.safe(subscription.id))
    card.add("client", texts.safe(subscription.client_id))
    card.add("owner", texts.safe(subscription.principal))
    card.add("updates", kind_of(subscription))
    card.add("models", _models(subscription))
    card.add_all("filters", (filter_text(one) for one in subscription.filters))
    card.add("done with", _done(subscription))
    why = f": {texts.safe(subscription.status_reason)}" if subscription.status_reason else ""
    card.add("status", f"{status_of(subscription)}{why}", status_style(subscription))
    card.add("stream", f"open, number {subscription.stream}" if subscription.connected else "none is open")
    card.add("place", _place(subscription))
    card.add("sent", _sent(subscription))
    if subscription.dead_letter_count:
        advice = f"See: modeldex subscriptions dead-letters {texts.quoted(subscription.id)}"
        card.add("given up", f"{texts.plural(subscription.dead_letter_count, 'update')}. {advice}", Style.CAUTION)
    card.add("created", texts.age(subscription.create_time, now))
    card.add("active", texts.age(subscription.last_activity_time, now))
    card.add("expires", texts.age(subscription.expire_time, now) if subscription.HasField("expire_time") else "")
    card.add_all("metadata", (f"{texts.safe(k)} = {texts.safe(v)}" for k, v in sorted(_metadata(subscription).items())))
    return card.lines()


def kind_of(subscription: Subscription) -> str:
    """ "model updates"."""
    from modeldex.v1.subscription_pb2 import SubscriptionType  # noqa: PLC0415

    return texts.word(SubscriptionType.Name, subscription.type, "SUBSCRIPTION_TYPE_")


def status_of(subscription: Subscription) -> str:
    """ "active"."""
    from modeldex.v1.subscription_pb2 import SubscriptionStatus  # noqa: PLC0415

    return texts.word(SubscriptionStatus.Name, subscription.status, "SUBSCRIPTION_STATUS_")


def status_style(subscription: Subscription) -> Style:
    """Green where updates flow, red where they do not and should."""
    known = {"active": Style.GOOD, "error": Style.BAD, "expired": Style.BAD}
    return known.get(status_of(subscription), Style.CAUTION)


def filter_text(one: EventFilter) -> str:
    """A filter in a line: "f1  context_window greater than 100000 and provider_id in openai, acme"."""
    from modeldex.v1.condition_pb2 import CONDITION_JOIN_OR, ConditionOperator  # noqa: PLC0415

    parts = []
    for condition in one.conditions:
        operator = texts.word(ConditionOperator.Name, condition.operator, "CONDITION_OPERATOR_")
        parts.append(f"{texts.safe(condition.field)} {operator} {_value(condition.value)}")
    joined = (" or " if one.join == CONDITION_JOIN_OR else " and ").join(parts)
    off = " (off)" if one.HasField("enabled") and not one.enabled else ""
    return f"{texts.safe(one.id)}  {joined}{off}"


def _value(value: Value) -> str:
    from google.protobuf.json_format import MessageToJson  # noqa: PLC0415

    if value.HasField("number_value"):
        return f"{value.number_value:.15g}"
    return texts.safe(MessageToJson(value, indent=None))


def _models(subscription: Subscription) -> str:
    """The filter of models as its JSON form."""
    from google.protobuf.json_format import MessageToJson  # noqa: PLC0415

    if not subscription.HasField("models"):
        return ""
    return texts.safe(MessageToJson(subscription.models, preserving_proto_field_name=True, indent=None))


def _done(subscription: Subscription) -> str:
    from modeldex.v1.subscription_pb2 import ACKNOWLEDGEMENT_MODE_EXPLICIT  # noqa: PLC0415

    explicit = subscription.options.acknowledgement == ACKNOWLEDGEMENT_MODE_EXPLICIT
    return "what its client acknowledges" if explicit else "what was sent"


def removed(answer: CleanupSubscriptionsResponse) -> str:
    """What a cleanup removed."""
    parts = [
        (answer.removed_subscriptions, "subscription"),
        (answer.removed_dead_letters, "dead letter"),
        (answer.removed_events, "event"),
    ]
    told = ", ".join(texts.plural(count, noun) for count, noun in parts if count)
    if not answer.freed_bytes:
        return "There was nothing to remove."
    time = texts.span(texts.seconds(answer.duration))
    return f"Removed {told or 'old counts'}: about {answer.freed_bytes / 1024:,.0f} KiB, in {time}."


def _metadata(subscription: Subscription) -> dict[str, str]:
    return dict(subscription.options.metadata)


def _place(subscription: Subscription) -> str:
    behind = f", {texts.plural(subscription.lag_revisions, 'revision')} behind" if subscription.lag_revisions else ""
    sent = subscription.delivered_revision
    waits = f", sent through {sent}" if sent > subscription.acknowledged_revision else ""
    paused = f", paused at {subscription.pause_revision}" if subscription.pause_revision else ""
    return f"through revision {subscription.acknowledged_revision}{waits}{behind}{paused}"


def _sent(subscription: Subscription) -> str:
    failed = f", {subscription.error_count:,} rejected or late" if subscription.error_count else ""
    return f"{texts.plural(subscription.event_count, 'update')}{failed}"


def _columns(now: datetime) -> Sequence[Column[Subscription]]:
    return [
        Column("id", lambda one: texts.safe(one.id), fold=True),
        Column("client", lambda one: texts.safe(one.client_id), drop=1, fold=True),
        Column("updates", lambda one: kind_of(one).removesuffix(" updates"), drop=3),
        Column("status", status_of, style=status_style),
        Column("open", lambda one: "yes" if one.connected else "no", drop=2),
        Column("behind", lambda one: texts.count(one.lag_revisions), drop=4, right=True),
        Column("sent", lambda one: texts.count(one.event_count), drop=5, right=True),
        Column("active", lambda one: texts.age(one.last_activity_time, now), drop=6),
    ]


def _letter_columns(now: datetime) -> Sequence[Column[DeadLetter]]:
    from modeldex_server.cli import update_line  # noqa: PLC0415

    return [
        Column("revision", lambda one: f"{one.revision}/{one.ordinal}"),
        Column("about", lambda one: texts.safe(update_line.subject(one.update)), fold=True),
        Column("attempts", lambda one: texts.count(one.attempts), drop=2, right=True),
        Column("reason", lambda one: texts.safe(one.reason), drop=1, fold=True),
        Column("message", lambda one: texts.safe(one.message), drop=3, fold=True, quiet=True),
        Column("given up", lambda one: texts.age(one.create_time, now), drop=4),
    ]


_FIELDS: dict[str, Callable[[Subscription], str]] = {
    "id": lambda one: one.id,
    "client_id": lambda one: one.client_id,
    "principal": lambda one: one.principal,
    "type": kind_of,
    "status": status_of,
    "connected": lambda one: str(one.connected).lower(),
    "acknowledged_revision": lambda one: str(one.acknowledged_revision),
    "delivered_revision": lambda one: str(one.delivered_revision),
    "lag_revisions": lambda one: str(one.lag_revisions),
    "event_count": lambda one: str(one.event_count),
    "error_count": lambda one: str(one.error_count),
    "dead_letter_count": lambda one: str(one.dead_letter_count),
    "create_time": lambda one: one.create_time.ToJsonString(),
    "last_activity_time": lambda one: one.last_activity_time.ToJsonString(),
}
_LETTER_FIELDS: dict[str, Callable[[DeadLetter], str]] = {
    "revision": lambda one: str(one.revision),
    "ordinal": lambda one: str(one.ordinal),
    "attempts": lambda one: str(one.attempts),
    "reason": lambda one: one.reason,
    "message": lambda one: one.message,
    "create_time": lambda one: one.create_time.ToJsonString(),
}
