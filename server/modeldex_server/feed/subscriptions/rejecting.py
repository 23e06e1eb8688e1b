"""What becomes of rejected updates: another try after a wait, or a dead letter. Everything here is pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from modeldex.v1 import subscription_pb2 as pb
from modeldex_server.feed.ring import ENDLESS

TIMEOUT = "ACKNOWLEDGEMENT_TIMEOUT"
_RETRIES = 5
_BASE, _MOST, _MULTIPLIER = timedelta(seconds=1), timedelta(minutes=1), 2.0

Place = tuple[int, int]  # (revision, ordinal)


@dataclass(frozen=True, slots=True)
class Retrying:
    """How often and when an update is sent again, after RetryPolicy."""

    retries: int = _RETRIES
    base: timedelta = _BASE
    most: timedelta = _MOST
    multiplier: float = _MULTIPLIER
    reasons: frozenset[str] = frozenset()

    def wait(self, rejections: int) -> timedelta:
        """How long an update waits that was rejected so often."""
        seconds = self.base.total_seconds() * self.multiplier ** (rejections - 1)
        return timedelta(seconds=min(seconds, self.most.total_seconds()))

    def is_worth_it(self, rejection: pb.UpdateRejection) -> bool:
        """Whether a rejection is of a kind that is tried again. What no client rejected always is."""
        if rejection.reason == TIMEOUT:
            return True
        return rejection.retryable and (not self.reasons or rejection.reason in self.reasons)


def retrying(options: pb.SubscriptionOptions) -> Retrying:
    """What the options of a subscription say."""
    given = options.retry
    return Retrying(
        retries=given.max_retries if given.HasField("max_retries") else _RETRIES,
        base=given.base_delay.ToTimedelta() if given.HasField("base_delay") else _BASE,
        most=given.max_delay.ToTimedelta() if given.HasField("max_delay") else _MOST,
        multiplier=given.multiplier if given.HasField("multiplier") else _MULTIPLIER,
        reasons=frozenset(given.retryable_reasons),
    )


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of them. Everything up to `through` is done with."""

    through: int
    dead: list[pb.UpdateRejection]
    again: dict[Place, int]  # how often each was rejected, this time counted
    retry_revision: int | None  # the first that is sent again
    wait: timedelta


def judge(
    rejections: Iterable[pb.UpdateRejection], before: Mapping[Place, int], through: int, retrying: Retrying
) -> Verdict:
    """
    Args:
        rejections: of updates that are not done with; of two of one update the last counts.
        before: how often updates were rejected before.
        through: the acknowledged revision.
    """
    last = {(one.revision, one.ordinal): one for one in rejections}
    dead: list[pb.UpdateRejection] = []
    again: dict[Place, int] = {}
    for place, rejection in sorted(last.items()):
        times = before.get(place, 0) + 1
        if retrying.is_worth_it(rejection) and times <= retrying.retries:
            again[place] = times
        else:
            dead.append(rejection)
    first = min((revision for revision, _ in again), default=None)
    # What is rejected with the first comes with it: the longest of their waits counts.
    times = max((times for (revision, _), times in again.items() if revision == first), default=1)
    return Verdict(
        through=min(through, (ENDLESS if first is None else first) - 1),
        dead=dead,
        again=again,
        retry_revision=first,
        wait=retrying.wait(times) if first is not None else timedelta(0),
    )
