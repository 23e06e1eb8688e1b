"""The meter."""

from __future__ import annotations

from dataclasses import dataclass

from modeldex_server.feed.statistics.meter import Meter, Tally

BEGIN = 1_800_000_000.0  # a whole minute


@dataclass
class Sent:
    count: int
    committed: float
    oldest: float


class Watch:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.now = BEGIN

    def __call__(self) -> float:
        return self.now


def test_messages_are_counted_by_minute_and_principal() -> None:
    """counted deliveries: each message with its updates, in the minute in which it was written."""
    clock = Watch()
    meter = Meter(clock)
    meter.sent(Sent(3, BEGIN - 2, BEGIN - 4), "", 0.5, level=True)
    clock.now += 59.9
    meter.sent(Sent(2, clock.now - 1, clock.now - 1), "", 0.25, level=True)
    clock.now += 0.2
    meter.sent(Sent(1, clock.now, clock.now), "", 0.0, level=True)
    meter.sent(Sent(7, clock.now, clock.now), "ann", 0.0, level=True)
    minute = int(BEGIN) // 60
    counts = meter.take()
    assert counts.tallies == {
        (minute, ""): Tally(5, 2, 8.0, 4.0, 0.75, 2, BEGIN + 59.9),
        (minute + 1, ""): Tally(1, 1, 0.0, 0.0, 0.0, 1, clock.now),
        (minute + 1, "ann"): Tally(7, 1, 0.0, 0.0, 0.0, 7, clock.now),
    }
    assert counts.seconds == {(int(clock.now), "ann"): 7}  # of subscriptions only


def test_only_level_streams_have_a_longest_delivery() -> None:
    """counted deliveries: what a stream missed while it was away took no time to deliver; the average counts it all the
    same, and clocks that differ make no negative time."""
    clock = Watch()
    meter = Meter(clock)
    meter.sent(Sent(1, BEGIN - 9000, BEGIN - 9000), "", 0.0, level=False)
    meter.sent(Sent(1, BEGIN - 2, BEGIN - 3), "", 0.0, level=True)
    meter.sent(Sent(1, BEGIN + 5, BEGIN + 5), "", 0.0, level=True)
    (tally,) = meter.take().tallies.values()
    assert (tally.longest, tally.delivering) == (3.0, 9002.0)


def test_what_was_taken_is_not_taken_again() -> None:
    """counted deliveries: each count is in one flush."""
    meter = Meter(Watch())
    assert not meter.take()
    meter.rejected("LATE", 2)
    meter.rejected("", 1)
    meter.rejected("LATE")
    taken = meter.take()
    assert taken
    assert {reason: count for (_, reason), count in taken.rejected.items()} == {"LATE": 3, "UNSPECIFIED": 1}
    assert not meter.take()
