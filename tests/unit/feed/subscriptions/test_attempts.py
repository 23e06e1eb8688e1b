"""How often something was sent, from how far each stream came."""

from __future__ import annotations

import random

from modeldex_server.feed.ring import ENDLESS
from modeldex_server.feed.subscriptions.attempts import MOST, after, attempt, cut


def test_what_no_stream_came_to_is_sent_for_the_first_time() -> None:
    """unique: a first attempt says 1."""
    assert attempt([], 5) == 1
    assert attempt([4], 5) == 1
    assert cut([], 5) == ENDLESS


def test_numbers_are_those_of_a_count() -> None:
    """redelivered: however streams began and ended, the attempt of a revision is the number of streams that sent it and
    one more, and up to each cut it is one number."""
    chance = random.Random(7)
    for _ in range(200):
        sent_before: list[int] = []
        times: dict[int, int] = {}
        acknowledged = 0
        for _ in range(chance.randrange(1, 8)):
            begin, came = acknowledged, acknowledged + chance.randrange(0, 12)
            for revision in range(begin + 1, came + 1):
                assert attempt(sent_before, revision) == times.get(revision, 0) + 1
                assert attempt(sent_before, revision) == attempt(sent_before, min(cut(sent_before, revision - 1), came))
                times[revision] = times.get(revision, 0) + 1
            acknowledged += chance.randrange(0, came - begin + 1)
            sent_before = after(sent_before, came, acknowledged)


def test_what_is_remembered_is_bounded() -> None:
    """A client that opens a stream after the other and acknowledges nothing fills no row."""
    sent_before: list[int] = []
    for _ in range(3 * MOST):
        sent_before = after(sent_before, 10, 1)
    assert len(sent_before) == MOST
    assert attempt(sent_before, 10) == MOST + 1
