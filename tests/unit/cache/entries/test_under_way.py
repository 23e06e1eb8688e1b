"""What loads and writes that are under way learn of."""

from __future__ import annotations

from contextlib import suppress

from modeldex_server.cache.entries.under_way import UnderWay

ONE, TWO = ("team", "acme/one"), ("team", "acme/two")


def test_what_was_shown_meanwhile_makes_older_versions_late() -> None:
    """The newest version that was shown counts, of its own entry only, and for all who are under way."""
    under_way = UnderWay()
    with under_way.of([ONE, TWO]) as first, under_way.of([ONE]) as second:
        under_way.show(ONE, 7)
        under_way.show(ONE, 5)
        for way in (first, second):
            assert way.is_late(ONE, 6)
            assert not way.is_late(ONE, 7)
        assert not first.is_late(TWO, 1)


def test_what_was_shown_before_is_no_matter() -> None:
    """Who begins after that sees at least as much itself."""
    under_way = UnderWay()
    with under_way.of([ONE]):
        under_way.show(ONE, 7)
        with under_way.of([ONE]) as later:
            assert not later.is_late(ONE, 1)


def test_deletion_is_told_to_who_is_under_way() -> None:
    """And to nobody who begins after it."""
    under_way = UnderWay()
    with under_way.of([ONE]) as way:
        under_way.delete(ONE)
        assert ONE in way.deleted
    with under_way.of([ONE]) as way:
        assert ONE not in way.deleted


def test_nothing_stays_of_what_is_over() -> None:
    """no leaks: also where a key came twice, and where it ended in an error."""
    under_way = UnderWay()
    with suppress(TimeoutError), under_way.of([ONE, ONE, TWO]):
        under_way.show(ONE, 1)
        raise TimeoutError
    assert not under_way._ways
