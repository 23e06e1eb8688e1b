"""What both halves of a watch share: what is asked for, which errors end it, and how long to wait between attempts."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias, get_args

from google.protobuf.duration_pb2 import Duration

from modeldex.v1 import subscriber_service_pb2 as pb
from modeldex.v1.condition_pb2 import (
    CONDITION_OPERATOR_IN,
    EVENT_FILTER_TYPE_CUSTOM,
    Condition,
    EventFilter,
)
from modeldex.v1.discovery_service_pb2 import ModelFilter
from modeldex.v1.model_pb2 import Model
from modeldex.v1.update_pb2 import UPDATE_TRANSITION_ENTERED, ModelUpdate, UpdateEvent
from modeldex_client._errors import (
    Aborted,
    AccessChanged,
    AlreadyExists,
    FailedPrecondition,
    HistoryRewound,
    InvalidArgument,
    ModeldexError,
    NotFound,
    OutOfRange,
    PermissionDenied,
    Redelivery,
    SubscriptionChanged,
    Unauthenticated,
    Unimplemented,
)

UpdateKind: TypeAlias = Literal["model", "provider", "capability", "lifecycle", "operation", "subscription"]

BOOKMARK_SECONDS = 10.0
_SILENT_INTERVALS = 3
_FIRST_WAIT, _LONGEST_WAIT = 0.1, 5.0
_SERVICE = pb.DESCRIPTOR.services_by_name["SubscriberService"].full_name
_KINDS = frozenset(get_args(UpdateKind))
# Kinds that have a method of their own. Their messages have the same fields under the same numbers as those of Watch.
_METHODS = {"model": "WatchModelUpdates", "provider": "WatchProviderUpdates", "capability": "WatchCapabilityUpdates"}
# The same request fails again, whatever is tried.
_FINAL = (
    Aborted,
    AlreadyExists,
    FailedPrecondition,
    InvalidArgument,
    NotFound,
    OutOfRange,
    PermissionDenied,
    Unauthenticated,
    Unimplemented,
)


class Interruption(NamedTuple):
    """A watch lost its connection, or was asked to change it, and is about to connect again.

    Attributes:
        reason: Why, for people.
        error: What ended the connection; None where the server ended it in good order.
        wait: Seconds until it connects again.
    """

    reason: str
    error: ModeldexError | None
    wait: float


Listener: TypeAlias = Callable[[Interruption], object]


@dataclass(frozen=True, slots=True)
class Order:
    """What a watch asks for, and where it begins at first."""

    path: str
    request: pb.WatchRequest
    resume_token: str | None
    since: int | None
    snapshot: bool
    silence: float  # seconds without any message after which a connection counts as dead

    def begin(self, token: str | None, *, anew: bool) -> pb.WatchRequest:
        """The request that goes on after a token; without one, as it was ordered, or `anew` with a snapshot."""
        request = pb.WatchRequest()
        request.CopyFrom(self.request)
        if token is not None:
            request.options.resume_token = token
        elif self.since is not None and not anew:
            request.options.after_revision = self.since
        elif self.snapshot:
            request.options.initial_snapshot = True
        return request


def order(
    models: ModelFilter | None,
    filters: Iterable[EventFilter],
    kinds: UpdateKind | Iterable[UpdateKind] | None,
    since: int | None,
    resume_token: str | None,
    snapshot: bool,
    bookmark_interval: float,
    options: pb.WatchOptions,
) -> Order:
    """What a watch asks for. Raises ValueError where the arguments exclude each other."""
    if since is not None and resume_token is not None:
        raise ValueError("Give since or resume_token, not both.")
    request = pb.WatchRequest(options=options, filters=filters, models=models)
    request.options.bookmark_interval.CopyFrom(duration(bookmark_interval))
    return Order(
        path=f"/{_SERVICE}/{_choose(_named(kinds), request)}",
        request=request,
        resume_token=resume_token,
        since=since,
        snapshot=snapshot,
        silence=_SILENT_INTERVALS * bookmark_interval,
    )


def _named(kinds: UpdateKind | Iterable[UpdateKind] | None) -> Sequence[str] | None:
    if kinds is None:
        return None
    named = sorted({kinds} if isinstance(kinds, str) else set(kinds))
    if not named or not _KINDS.issuperset(named):
        raise ValueError(f"kinds are among {', '.join(sorted(_KINDS))}, not {named}.")
    return named


def _choose(kinds: Sequence[str] | None, request: pb.WatchRequest) -> str:
    """The method for these kinds; where there is none, a filter of them joins the request."""
    if kinds is None or kinds == sorted(_KINDS):
        return "Watch"
    if request.HasField("models") and kinds != ["model"]:
        raise ValueError("With a filter of models no updates of other kinds come; leave kinds out.")
    if len(kinds) == 1 and kinds[0] in _METHODS:
        return _METHODS[kinds[0]]
    if request.filters:
        raise ValueError("Filters choose the kinds: leave kinds out, or name one of model, provider and capability.")
    wanted = Condition(field="kind", operator=CONDITION_OPERATOR_IN)
    wanted.value.list_value.extend(kinds)
    request.filters.append(EventFilter(type=EVENT_FILTER_TYPE_CUSTOM, conditions=[wanted]))
    return "Watch"


def order_of_subscription(id: str, resume_token: str | None, bookmark_interval: float) -> Order:
    """What a watch of a subscription asks for: the subscription says the rest."""
    request = pb.WatchRequest(subscription_id=id)
    request.options.bookmark_interval.CopyFrom(duration(bookmark_interval))
    return Order(
        path=f"/{_SERVICE}/Watch",
        request=request,
        resume_token=resume_token,
        since=None,
        snapshot=False,
        silence=_SILENT_INTERVALS * bookmark_interval,
    )


def ends(error: ModeldexError) -> bool:
    """Whether an error ends a watch: connecting again would not mend it."""
    return isinstance(error, _FINAL) and not isinstance(error, Redelivery)


def is_changed(error: ModeldexError) -> bool:
    """Whether an error says that the subscription asks for something else now."""
    return isinstance(error, SubscriptionChanged)


def is_gone(error: ModeldexError) -> bool:
    """Whether an error says that what was given does not go on, which a new snapshot mends."""
    return isinstance(error, OutOfRange | HistoryRewound | AccessChanged)


class Backoff:
    """How long to wait before the next attempt: full jitter below a limit that doubles until something arrives."""

    def __init__(self, chance: Callable[[float, float], float] = random.uniform) -> None:
        self._chance = chance
        self.reset()

    def reset(self) -> None:
        """Begin with the shortest again."""
        self._limit = _FIRST_WAIT

    def next(self, least: float = 0.0) -> float:
        """Seconds to wait now; `least` as the server asks."""
        limit, self._limit = self._limit, min(2 * self._limit, _LONGEST_WAIT)
        return least + self._chance(0.0, limit)


def updates(message: pb.WatchResponse) -> Iterable[UpdateEvent]:
    """What a message tells, as updates: a model of a snapshot is one that enters the filter."""
    return [*map(_entered, message.snapshot_models), *message.updates]


def _entered(model: Model) -> UpdateEvent:
    update = ModelUpdate(model_id=model.id, provider_id=model.provider_id, version=model.version, after=model)
    return UpdateEvent(
        revision=model.revision, time=model.update_time, transition=UPDATE_TRANSITION_ENTERED, model=update
    )


def duration(seconds: float) -> Duration:
    """Seconds as a span of the contract."""
    span = Duration()
    span.FromNanoseconds(round(seconds * 1e9))
    return span
