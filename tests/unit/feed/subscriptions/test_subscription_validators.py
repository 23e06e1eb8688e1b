"""The validators of subscriptions: each fails on the fault it is there for."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from modeldex.v1 import subscriber_service_pb2 as api
from modeldex.v1 import update_pb2 as pb
from support.watching import subscriptions as checks
from support.watching.subscriptions import Acknowledged, Pause

SUPERSEDED = "SUBSCRIPTION_SUPERSEDED"


def message(stream: int, attempt: int, *revisions: int, through: int = 0) -> api.WatchResponse:
    updates = [pb.UpdateEvent(revision=revision) for revision in revisions]
    through = through or revisions[-1]
    return api.WatchResponse(updates=updates, revision=through, stream=stream, attempt=attempt)


def streams() -> list[list[api.WatchResponse]]:
    """A subscription that was sent 3 and 5, again with 6, and acknowledged 3 and then all."""
    return [
        [message(1, 1, 3, 5)],
        [message(2, 2, 3, 5), message(2, 1, 6)],
        [message(3, 3, 5), message(3, 2, 6), message(3, 1, 8, 9)],
    ]


def story() -> list[api.WatchResponse | Acknowledged]:
    first, second, third = streams()
    return [*first, *second, Acknowledged(3), *third, Acknowledged(9)]


PAUSES = [Pause(6, 2.5, 9.0)]
TIMES = [1.0, 2.0, 3.0, 9.5]


def paused() -> list[api.WatchResponse]:
    return [message(1, 1, 3, 5), message(1, 1, 6), message(1, 1, through=6), message(1, 1, 8, 9)]


def test_good_streams_pass_all() -> None:
    """The validators find nothing wrong where nothing is."""
    checks.check_paused(paused(), TIMES, PAUSES)
    checks.check_acknowledged(story())
    checks.check_attempts(streams())
    checks.check_attempts(streams(), exact=False)
    checks.check_one_stream(streams(), [SUPERSEDED, SUPERSEDED, ""])


@pytest.mark.parametrize("fault", [lambda all_: all_[2].updates.add(revision=7), lambda all_: _be_at(all_[2], 7)])
def test_a_stream_that_goes_on_while_paused_is_found(fault: Callable[[list[api.WatchResponse]], object]) -> None:
    """paused: an update, or a bookmark, from after the pause."""
    messages = paused()
    fault(messages)
    with pytest.raises(AssertionError, match="paused at 6"):
        checks.check_paused(messages, TIMES, PAUSES)


def _be_at(message: api.WatchResponse, revision: int) -> None:
    message.revision = revision


@pytest.mark.parametrize("at", [3, 4])
def test_an_acknowledged_update_that_comes_again_is_found(at: int) -> None:
    """unique: at what is acknowledged, and below it."""
    again = story()
    again.insert(at + 1, message(3, 3, 2 if at == 4 else 3))
    with pytest.raises(AssertionError, match="came again"):
        checks.check_acknowledged(again)


@pytest.mark.parametrize(("stream", "at", "attempt"), [(0, 0, 2), (1, 0, 1), (1, 1, 2), (2, 0, 2), (2, 1, 3)])
def test_a_wrong_attempt_is_found(stream: int, at: int, attempt: int) -> None:
    """redelivered: too low, too high."""
    wrong = streams()
    wrong[stream][at].attempt = attempt
    with pytest.raises(AssertionError, match="and says"):
        checks.check_attempts(wrong)


def test_an_attempt_that_is_too_low_is_found_where_streams_broke() -> None:
    """redelivered: too high may be."""
    wrong = streams()
    wrong[1][1].attempt = 2
    checks.check_attempts(wrong, exact=False)
    wrong[2][0].attempt = 2
    with pytest.raises(AssertionError, match="and says 2"):
        checks.check_attempts(wrong, exact=False)


def test_updates_of_two_attempts_in_one_message_are_found() -> None:
    """redelivered: a message never has both."""
    with pytest.raises(AssertionError, match="and says"):
        checks.check_attempts([[message(1, 1, 3)], [message(2, 2, 3, 5)]])


@pytest.mark.parametrize(
    "reasons", [["", SUPERSEDED, ""], [SUPERSEDED, "", ""], [SUPERSEDED] * 3, [SUPERSEDED, "REDELIVERY", ""]]
)
def test_two_streams_that_live_are_found(reasons: list[str]) -> None:
    """one stream: two live, none does, the wrong one does, one ended for another reason."""
    with pytest.raises(AssertionError, match="ended as"):
        checks.check_one_stream(streams(), reasons)


@pytest.mark.parametrize(("stream", "number"), [(1, 1), (2, 2), (0, 0)])
def test_wrong_numbers_are_found(stream: int, number: int) -> None:
    """one stream: a number twice, or none."""
    wrong = streams()
    for one in wrong[stream]:
        one.stream = number
    with pytest.raises(AssertionError, match="number"):
        checks.check_one_stream(wrong, [SUPERSEDED, SUPERSEDED, ""])
