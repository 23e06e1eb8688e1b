"""The rules of questions about the feed, as `feed_statistics.proto` and `subscriber_service.proto` state them."""

from __future__ import annotations

from typing import Any

from google.protobuf.message import Message

from modeldex.v1 import subscriber_service_pb2 as api
from modeldex_server.errors import Violation
from modeldex_server.rpc.validation.rules import Rule, Violations, within

_MINUTE = 60
_LONGEST_STEP = 400 * 86_400
# Spans of 400 days around them are times, too.
_FIRST_SECOND, _LAST_SECOND = 0, 253370764800  # the years 1970 to 9998


def _moment(field: str) -> Rule:
    """A time to count from or to, where it is present."""

    def rule(message: Any, path: str, out: Violations) -> None:
        if message.HasField(field):
            moment = getattr(message, field)
            if not (_FIRST_SECOND <= moment.seconds < _LAST_SECOND and 0 <= moment.nanos < 10**9):
                out.append(Violation(path + field, "must be a time of the years 1970 to 9998"))

    return rule


def _step(request: Any, path: str, out: Violations) -> None:
    """Whole minutes, where it is present. How many steps there are is known with the span."""
    if request.HasField("step"):
        step = request.step
        if step.nanos or step.seconds % _MINUTE or not 0 < step.seconds <= _LONGEST_STEP:
            out.append(Violation(path + "step", "must be a multiple of 1 minute, at most 400 days"))


time_range = within("time_range", (_moment("start_time"), _moment("end_time")))
"""The rule of a TimeRange."""

TABLE: dict[type[Message], tuple[Rule, ...]] = {
    api.GetSubscriptionStatsRequest: (),
    api.GetPublishStatsRequest: (),
    api.GetEventStatsRequest: (time_range, _step),
    api.GetSubscriberHealthRequest: (),
    api.CleanupSubscriptionsRequest: (),
}
