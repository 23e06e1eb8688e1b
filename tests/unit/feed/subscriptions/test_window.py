"""What waits for its acknowledgement."""

from __future__ import annotations

import pytest

from modeldex_server.feed.subscriptions.window import Window


@pytest.fixture
def window() -> Window:
    return Window(10, timeout=5)


def test_it_is_full_and_opens_again(window: Window) -> None:
    """windowed: as many updates as may wait fill it, a larger message too, and acknowledgements open it."""
    window.wrote(4, 9, now=0)
    assert not window.full
    window.wrote(6, 3, now=0)
    assert window.full
    window.acknowledge(4)
    assert not window.full
    assert not window.empty
    window.acknowledge(6)
    assert window.empty


def test_a_message_acknowledged_in_part_counts_whole(window: Window) -> None:
    """windowed: it opens for what is done with only."""
    window.wrote(10, 10, now=0)
    window.acknowledge(9)
    assert window.full
    assert window.acknowledged == 9


def test_an_acknowledgement_before_its_message(window: Window) -> None:
    """A client may be faster than the write that told it."""
    window.acknowledge(7)
    window.wrote(7, 10, now=0)
    assert window.empty
    assert not window.full


def test_it_never_goes_back(window: Window) -> None:
    """An older acknowledgement that comes late says nothing new."""
    window.wrote(7, 1, now=0)
    window.acknowledge(7)
    window.acknowledge(3)
    assert window.acknowledged == 7
    assert window.empty


def test_the_oldest_message_decides_what_is_overdue(window: Window) -> None:
    """redelivered: nothing is before its timeout, and what is acknowledged never."""
    window.wrote(3, 1, now=100)
    window.wrote(5, 1, now=103)
    assert not window.overdue(105)
    assert window.overdue(105.1)
    window.acknowledge(3)
    assert not window.overdue(108)
    assert window.overdue(108.1)
    window.acknowledge(5)
    assert not window.overdue(1000)
