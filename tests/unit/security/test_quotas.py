"""How many calls a principal may make."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeldex_server.errors import RateLimited
from modeldex_server.security.quotas import LEAST_RATE, MOST, Rates


class Clock:
    """Seconds, as a test says."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def taken(rates: Rates, clock: Clock, rate: float, seconds: float, step: float, name: str = "ci") -> int:
    """How many calls are taken of a principal that tries again and again, so often."""
    count, ends = 0, clock.now + seconds
    while clock.now < ends:
        try:
            rates.count(name, rate)
            count += 1
        except RateLimited:
            clock.now += step
    return count


@pytest.mark.parametrize("rate", [1, 3, 10, 250.5, 2000])
def test_the_rate_is_kept_exactly_after_one_seconds_worth_at_once(rate: float) -> None:
    """quotas: within 5 %."""
    clock = Clock()
    rates = Rates(clock)
    assert taken(rates, clock, rate, 1e-9, 1) == int(rate)
    assert taken(rates, clock, rate, 20, 0.0001 + 0.1 / rate) == pytest.approx(20 * rate, rel=0.05)


@given(st.floats(LEAST_RATE, MOST), st.lists(st.floats(0, 3), min_size=1, max_size=30))
def test_a_wait_that_is_told_is_long_enough_and_no_pause_saves_up_more(rate: float, pauses: list[float]) -> None:
    """quotas: whoever waits as long as it is told is let in; and whoever was away for long may not come with more than
    one second's worth."""
    clock = Clock()
    rates, began = Rates(clock), clock.now
    for count, pause in enumerate(pauses, start=1):
        clock.now += pause
        try:
            rates.count("ci", rate)
        except RateLimited as refused:
            clock.now += (refused.retry_after or timedelta()).total_seconds()
            rates.count("ci", rate)
        assert count <= max(rate, 1) + rate * (clock.now - began) + 1e-3


def test_principals_are_counted_apart() -> None:
    """quotas: what one uses up is missed by nobody else; a call that was refused counts nothing."""
    clock = Clock()
    rates = Rates(clock)
    rates.count("noisy", 2)
    rates.count("noisy", 2)
    for _ in range(100):
        with pytest.raises(RateLimited) as raised:
            rates.count("noisy", 2)
    assert raised.value.metadata == {"limit": "2", "principal": "noisy"}
    rates.count("quiet", 2)
    clock.now += 0.5
    rates.count("noisy", 2)


def test_another_rate_counts_from_then_on() -> None:
    """quotas: a limit that was changed waits for nothing."""
    clock = Clock()
    rates = Rates(clock)
    assert taken(rates, clock, 1, 1e-9, 1) == 1
    assert taken(rates, clock, 100, 1e-9, 1) > 0
