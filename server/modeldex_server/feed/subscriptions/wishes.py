"""What a subscription asks for: its filters, models and options. Everything here is pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from google.protobuf.message import Message

from modeldex.v1 import condition_pb2
from modeldex.v1 import subscription_pb2 as pb
from modeldex_server import conditions
from modeldex_server.errors import InvalidRequest, Violation

_IDLE = timedelta(days=7)
_PARTS = ("filters", "models", "options")
# What an update may name: a part, or a field of the options.
PATHS = (*_PARTS, *(f"options.{name}" for name in pb.SubscriptionOptions.DESCRIPTOR.fields_by_name))
_OF_MODELS = (pb.SUBSCRIPTION_TYPE_ALL_UPDATES, pb.SUBSCRIPTION_TYPE_MODEL_UPDATES)


@dataclass(frozen=True, slots=True)
class Wish:
    """Filters, models and options, and the number of the next filter's id. Numbers are never used again."""

    asked: pb.Subscription
    next_filter: int = 1

    @property
    def data(self) -> bytes:
        """It as it is stored."""
        return self.asked.SerializeToString(deterministic=True)

    @property
    def idle_timeout(self) -> timedelta:
        """After how long without use it expires."""
        options = self.asked.options
        return options.idle_timeout.ToTimedelta() if options.HasField("idle_timeout") else _IDLE

    @property
    def explicit(self) -> bool:
        """Whether the client says what is done with."""
        return self.asked.options.acknowledgement == pb.ACKNOWLEDGEMENT_MODE_EXPLICIT

    @property
    def columns(self) -> dict[str, object]:
        """What the store keeps of it."""
        filters = self.asked.filters
        return {
            "wish": self.data,
            "next_filter": self.next_filter,
            "filter_types": sorted({one.type for one in filters}),
            "filter_fields": sorted({condition.field for one in filters for condition in one.conditions}),
            "idle_timeout": self.idle_timeout,
        }


def begun(given: pb.Subscription) -> Wish:
    """What a new subscription asks for."""
    return updated(Wish(pb.Subscription()), given, _PARTS)


def set_in(given: pb.Subscription) -> list[str]:
    """The parts that are set in an update."""
    return [field.name for field, _ in given.ListFields() if field.name in _PARTS]


def updated(wish: Wish, given: pb.Subscription, paths: Iterable[str]) -> Wish:
    """It with what some of PATHS name as given. A filter that was there keeps its id."""
    asked, next_filter = _copy(wish.asked), wish.next_filter
    for path in paths:
        part, _, option = path.partition(".")
        if part == "filters":
            next_filter = _put_filters(asked, given.filters, next_filter)
        elif option:
            _put(asked.options, given.options, option)
        else:
            _put(asked, given, part)
    if asked.options == pb.SubscriptionOptions():
        asked.ClearField("options")
    return Wish(asked, next_filter)


def with_filter(wish: Wish, given: condition_pb2.EventFilter) -> Wish:
    """It with one filter more.

    Raises:
        InvalidRequest: it is more than a subscription can have.
    """
    asked = _copy(wish.asked)
    _add(asked, given, f"f{wish.next_filter}")
    return Wish(_checked(asked), wish.next_filter + 1)


def with_filter_replaced(wish: Wish, filter_id: str, given: condition_pb2.EventFilter) -> Wish | None:
    """It with another filter in the place of one; None where it has no filter of this id.

    Raises:
        InvalidRequest: it is more than a subscription can have.
    """
    asked = _copy(wish.asked)
    for one in asked.filters:
        if one.id == filter_id:
            one.CopyFrom(given)
            one.id = filter_id
            return Wish(_checked(asked), wish.next_filter)
    return None


def without_filter(wish: Wish, filter_id: str) -> Wish | None:
    """It without a filter; None where it has no filter of this id."""
    asked = _copy(wish.asked)
    for at, one in enumerate(asked.filters):
        if one.id == filter_id:
            del asked.filters[at]
            return Wish(asked, wish.next_filter)
    return None


def check_models(type_: int, asked: pb.Subscription) -> None:
    """Raises InvalidRequest where models are asked for of updates that are not of models."""
    if problem := models_problem(type_, asked):
        raise InvalidRequest([Violation("subscription.models", problem)])


def models_problem(type_: int, asked: pb.Subscription) -> str | None:
    """What is wrong with asking for models of updates of a SubscriptionType."""
    if not asked.HasField("models") or type_ in _OF_MODELS:
        return None
    return "must be absent unless the subscription's type is ALL_UPDATES or MODEL_UPDATES"


def _put_filters(asked: pb.Subscription, given: Sequence[condition_pb2.EventFilter], next_filter: int) -> int:
    before = list(asked.filters)
    asked.ClearField("filters")
    for one in given:
        known = next((other for other in before if _says_the_same(one, other)), None)
        if known is not None:
            before.remove(known)
            _add(asked, one, known.id)
        else:
            _add(asked, one, f"f{next_filter}")
            next_filter += 1
    return next_filter


def _add(asked: pb.Subscription, given: condition_pb2.EventFilter, filter_id: str) -> None:
    added = asked.filters.add()
    added.CopyFrom(given)
    added.id = filter_id


def _says_the_same(one: condition_pb2.EventFilter, other: condition_pb2.EventFilter) -> bool:
    same = condition_pb2.EventFilter()
    same.CopyFrom(one)
    same.id = other.id
    return same == other


def _checked(asked: pb.Subscription) -> pb.Subscription:
    """All filters together are within bounds, not only the one that a request brought."""
    if found := conditions.problems_together(asked.filters):
        raise InvalidRequest(
            [Violation("filter", f"{text} (in {path}, with the other filters)") for path, text in found]
        )
    return asked


def _put(target: Message, source: Message, name: str) -> None:
    """One field as it is in the source, also where it is absent there."""
    only = type(source)()
    only.CopyFrom(source)
    for field, _ in source.ListFields():
        if field.name != name:
            only.ClearField(field.name)
    target.ClearField(name)
    target.MergeFrom(only)


def _copy(asked: pb.Subscription) -> pb.Subscription:
    copy = pb.Subscription()
    copy.CopyFrom(asked)
    return copy
