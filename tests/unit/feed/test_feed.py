"""The feed of a replica: what it takes in, and whom it ends."""

from __future__ import annotations

from contextlib import ExitStack
from uuid import UUID

import pytest
from logs import EPOCH, named, revision, selection, thin

from modeldex_server.errors import HistoryRewound, ModeldexError, NotificationsDisabled, TooManyStreams
from modeldex_server.feed.classes import Limits
from modeldex_server.feed.encoding import Selection
from modeldex_server.feed.feed import Feed
from modeldex_server.security.scope import EVERYTHING


def feed(most: int = 10) -> Feed:
    made = Feed(lag=lambda: 0.0, most_streams=most)
    made.load(b"key", EPOCH, 5)
    return made


def test_what_was_read_thinly_is_read_again_by_whoever_came() -> None:
    """reliable: a revision that was read while nobody watched is not in the ring, and no class takes it for looked at;
    nor is one before a hole."""
    one = feed()
    assert not one.wants_documents()
    with one.open(selection(named("nobody")), lambda _: None) as wanted:
        assert one.wants_documents()
        one.apply(revision(6).events)
        assert wanted.has_nothing_after(5)
        one.apply(thin(7))
        assert (one.ring.floor, one.ring.head) == (7, 7)
        assert not wanted.has_nothing_after(6)
        assert wanted.has_nothing_after(7)
        one.apply(revision(10).events)
        assert (one.ring.floor, one.ring.head) == (9, 10)
        assert not wanted.has_nothing_after(8)
        assert wanted.has_nothing_after(9)


def test_nothing_stays_parsed_of_what_was_looked_at() -> None:
    """alone: the ring holds the bytes that it counts, and no messages beside them."""
    one = feed()
    with one.open(selection(named("new")), lambda _: None):
        one.apply(revision(6, events=3).events)
    assert all(event._after is None and event._before is None for kept in one.ring.after(5) for event in kept.events)


@pytest.mark.parametrize(
    ("epoch", "head", "ends"), [(EPOCH, 8, False), (EPOCH, 7, True), (UUID(int=2), 8, True), (UUID(int=2), 20, True)]
)
def test_a_stream_does_not_go_on_with_another_history(epoch: UUID, head: int, ends: bool) -> None:
    """never silent: where history is another, every stream ends, also one that was opened just before it was loaded;
    where the same history is loaded again, none does."""
    one = feed()
    ended: list[ModeldexError] = []
    with one.open(selection(), ended.append):
        for number in (6, 7, 8):
            one.apply(revision(number).events)
        one.load(b"key", epoch, head)
    assert [type(error) for error in ended] == ([HistoryRewound] if ends else [])


def test_without_notifications_no_stream_is_open() -> None:
    """switched off: every stream ends and none begins; the log is followed, and what begins after misses
    nothing of it."""
    one = feed()
    ended: list[ModeldexError] = []
    with ExitStack() as stack:
        for wanted in (selection(), selection(named("new"))):
            stack.enter_context(one.open(wanted, ended.append))
        one.notify(True)
        assert ended == []
        one.notify(False)
    assert [type(error) for error in ended] == [NotificationsDisabled] * 2
    with pytest.raises(NotificationsDisabled), one.open(selection(), ended.append):
        pass
    one.apply(thin(6))
    one.notify(True)
    with one.open(selection(), ended.append) as again:
        assert one.ring.head == 6
        assert not again.has_nothing_after(5)
    assert len(ended) == 2


def test_streams_and_classes_are_counted() -> None:
    """alone: equal selections share a class, which goes with its last stream; one stream too many is refused."""
    one = feed(most=3)
    with ExitStack() as stack:
        classes = [
            stack.enter_context(one.open(wanted, lambda _: None))
            for wanted in (selection(named("a", "b")), selection(named("b", "a", "a")), selection())
        ]
        assert classes[0] is classes[1]
        assert (one.streams, one.classes) == (3, 2)
        with pytest.raises(TooManyStreams), one.open(selection(), lambda _: None):
            pass
    assert (one.streams, one.classes) == (0, 0)


class Broken:
    """A filter that breaks on whatever it looks at."""

    hash = b"broken"
    matches_everything = False

    def matches_before(self, update: object) -> bool:
        raise ZeroDivisionError

    matches_after = matches_before


def test_a_filter_that_breaks_stops_nobody_else() -> None:
    """alone: the log is taken in all the same; the streams of that filter look for themselves, and others notice
    nothing."""
    one = feed()
    broken = Selection(kinds=selection().kinds, filter=Broken(), scope=EVERYTHING)  # type: ignore[arg-type] # it does as one
    with one.open(broken, lambda _: None) as bad, one.open(selection(), lambda _: None) as good:
        one.apply(revision(6).events)
        assert one.ring.head == 6
        assert not bad.has_nothing_after(5)
        with pytest.raises(ZeroDivisionError):
            bad.batch(5, Limits(1, 1024))
        assert good.batch(5, Limits(1, 1024)).count == 1
