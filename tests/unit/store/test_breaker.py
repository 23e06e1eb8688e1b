"""When a breaker lets through."""

from __future__ import annotations

import pytest

from modeldex_server.store.breaker import Breaker, State


class Clock:
    """Time that a test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(clock, failures=3, within=2.0, pause=1.0)


@pytest.fixture
def opened(breaker: Breaker) -> Breaker:
    """One that opened just now."""
    for _ in range(3):
        breaker.fail()
    return breaker


def test_everything_goes_through_a_closed_one(breaker: Breaker) -> None:
    assert [breaker.admits() for _ in range(5)] == [True] * 5
    assert breaker.state is State.CLOSED


def test_it_opens_at_so_many_failures_within_the_span_and_not_before(breaker: Breaker, clock: Clock) -> None:
    for _ in range(2):
        breaker.fail()
        clock.now += 1.0
    assert breaker.admits()
    breaker.fail()  # the third, exactly 2 seconds after the first
    assert not breaker.admits()
    assert breaker.state is State.OPEN


def test_failures_that_are_far_apart_do_not_open_it(breaker: Breaker, clock: Clock) -> None:
    for _ in range(20):
        breaker.fail()
        clock.now += 1.01
    assert breaker.state is State.CLOSED


def test_what_fails_now_and_then_among_successes_opens_it_too(breaker: Breaker) -> None:
    """A server that answers every other time costs every other caller a timeout."""
    for _ in range(3):
        breaker.succeed()
        breaker.fail()
    assert breaker.state is State.OPEN


def test_one_probe_a_pause_goes_through_an_open_one(opened: Breaker, clock: Clock) -> None:
    clock.now += 0.99
    assert not opened.admits()
    clock.now += 0.02
    assert [opened.admits() for _ in range(4)] == [True, False, False, False]
    assert opened.state is State.HALF_OPEN


def test_a_probe_that_succeeds_closes_it_and_old_failures_are_forgotten(opened: Breaker, clock: Clock) -> None:
    clock.now += 1.0
    assert opened.admits()
    opened.succeed()
    opened.fail()
    opened.fail()
    assert opened.state is State.CLOSED
    assert opened.admits()


def test_a_probe_that_fails_opens_it_for_another_pause(opened: Breaker, clock: Clock) -> None:
    clock.now += 1.0
    assert opened.admits()
    clock.now += 0.5
    opened.fail()
    assert opened.state is State.OPEN
    clock.now += 0.99
    assert not opened.admits()
    clock.now += 0.02
    assert opened.admits()


def test_a_probe_that_nobody_waited_for_is_followed_by_another(opened: Breaker, clock: Clock) -> None:
    """Its caller was cancelled: nothing is known, and the breaker is not stuck."""
    clock.now += 1.0
    assert opened.admits()
    clock.now += 1.0
    assert opened.admits()
    opened.succeed()
    assert opened.state is State.CLOSED


def test_answers_that_come_late_change_nothing(opened: Breaker, clock: Clock) -> None:
    """What was asked before it opened says nothing of now: neither an answer nor a failure."""
    opened.succeed()
    assert opened.state is State.OPEN
    clock.now += 0.9
    opened.fail()
    clock.now += 0.11
    assert opened.admits()
