"""What becomes of rejected updates."""

from __future__ import annotations

from datetime import timedelta

import pytest

from modeldex.v1 import subscription_pb2 as pb
from modeldex_server.feed.subscriptions.rejecting import Retrying, judge, retrying


def rejection(revision: int, ordinal: int = 0, *, retryable: bool = True, reason: str = "") -> pb.UpdateRejection:
    return pb.UpdateRejection(revision=revision, ordinal=ordinal, retryable=retryable, reason=reason)


def test_nothing_rejected_acknowledges_all() -> None:
    verdict = judge([], {}, 9, Retrying())
    assert (verdict.through, verdict.retry_revision, verdict.dead, verdict.again) == (9, None, [], {})


def test_what_is_retried_holds_the_place_before_it() -> None:
    """redelivered: the place is just before the first that is sent again, whatever is rejected after it."""
    verdict = judge([rejection(7), rejection(5, 2), rejection(5, 1)], {}, 9, Retrying())
    assert verdict.through == 4
    assert verdict.retry_revision == 5
    assert verdict.again == {(5, 1): 1, (5, 2): 1, (7, 0): 1}


def test_what_is_not_worth_it_is_dead_and_does_not_hold() -> None:
    """dead letters: by its flag, or by a reason that is not listed; what is not rejected is done with."""
    verdict = judge(
        [rejection(5, retryable=False), rejection(7, reason="BROKEN")], {}, 9, Retrying(reasons=frozenset({"BUSY"}))
    )
    assert verdict.through == 9
    assert [one.revision for one in verdict.dead] == [5, 7]
    kept = judge([rejection(7, reason="BUSY")], {}, 9, Retrying(reasons=frozenset({"BUSY"})))
    assert kept.through == 6


@pytest.mark.parametrize("retries", [0, 1, 5, 100])
def test_it_is_sent_again_as_often_as_allowed(retries: int) -> None:
    """dead letters: after so many retries, and not before."""
    times = 0
    while not (verdict := judge([rejection(5)], {(5, 0): times}, 9, Retrying(retries=retries))).dead:
        assert verdict.through == 4
        times = verdict.again[5, 0]
    assert times == retries
    assert verdict.through == 9


def test_of_one_revision_some_are_given_up_and_some_are_not() -> None:
    """dead letters, atomic: the revision comes again whole."""
    verdict = judge([rejection(5, 0), rejection(5, 1)], {(5, 0): 5, (5, 1): 2}, 9, Retrying(retries=5))
    assert [one.ordinal for one in verdict.dead] == [0]
    assert verdict.again == {(5, 1): 3}
    assert verdict.through == 4


def test_waits_grow_up_to_the_most() -> None:
    """redelivered: base, times the multiplier for each further time, at most the most; of one revision the longest."""
    policy = Retrying(base=timedelta(seconds=2), most=timedelta(seconds=15), multiplier=3)
    assert [policy.wait(times).total_seconds() for times in (1, 2, 3, 4)] == [2, 6, 15, 15]
    assert Retrying(multiplier=10).wait(101) == timedelta(minutes=1)
    assert Retrying(base=timedelta(0)).wait(9) == timedelta(0)
    verdict = judge([rejection(5, 0), rejection(5, 1), rejection(6)], {(5, 1): 1, (6, 0): 4}, 9, policy)
    assert verdict.wait == timedelta(seconds=6)


def test_of_two_rejections_of_one_update_the_last_counts() -> None:
    verdict = judge([rejection(5), rejection(5, retryable=False)], {}, 9, Retrying())
    assert len(verdict.dead) == 1
    assert not verdict.again


def test_options_say_it_and_defaults_say_the_rest() -> None:
    """Zero is a value."""
    assert retrying(pb.SubscriptionOptions()) == Retrying()
    given = pb.RetryPolicy(max_retries=0, multiplier=1, retryable_reasons=["BUSY"])
    given.base_delay.FromSeconds(0)
    given.max_delay.FromSeconds(9)
    expected = Retrying(0, timedelta(0), timedelta(seconds=9), 1, frozenset({"BUSY"}))
    assert retrying(pb.SubscriptionOptions(retry=given)) == expected
