"""Filter classes: what goes into a message, and what is shared."""

from __future__ import annotations

import time
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from logs import change, named, revision, selection

from modeldex.v1 import model_pb2
from modeldex.v1 import subscriber_service_pb2 as api
from modeldex_server.feed.classes import FilterClass, Kept, Limits
from modeldex_server.feed.encoding import Selection
from modeldex_server.feed.ring import Ring
from modeldex_server.feed.tokens import ResumeTokens
from modeldex_server.ledger.log import Revision
from modeldex_server.ledger.logged import LoggedEvent
from modeldex_server.security.scope import EVERYTHING
from support.watching import check_batched, check_stream, place, updates_of

ROOMY = Limits(500, 1024 * 1024)


def a_class(wanted: Selection, ring: Ring, kept: Kept | None = None) -> FilterClass:
    tokens = ResumeTokens()
    tokens.use(b"key", UUID(int=1))
    return FilterClass(wanted, ring, tokens, kept or Kept())


@given(st.lists(st.tuples(st.integers(1, 5), st.sampled_from(["new", "other"])), max_size=30), st.data())
def test_one_batch_after_the_other_brings_all(revisions: list[tuple[int, str]], data: st.DataObject) -> None:
    """ordered, unique, atomic, reliable, batches: whatever the revisions and the limits, batches from any place bring
    all that matches, whole revisions, none over the limits but single ones."""
    ring = Ring()
    wanted = a_class(selection(named("new")), ring)
    for number, (events, name) in enumerate(revisions, start=1):
        ring.append(revision(number, events, name))
        wanted.take_in(next(iter(ring.after(number - 1))))
    start = through = data.draw(st.integers(0, ring.head))
    limits = Limits(data.draw(st.integers(1, 8)), data.draw(st.sampled_from([200, 1000, 10_000])))
    messages = []
    while not wanted.has_nothing_after(through):
        batch = wanted.batch(through, limits)
        assert batch.through > through
        through = batch.through
        if batch.message is not None:
            message = api.WatchResponse.FromString(batch.message)
            assert (message.revision, len(message.updates)) == (through, batch.count)
            messages.append(message)
    expected = [
        (number, at) for number, (events, name) in enumerate(revisions, 1) for at in range(events) if name == "new"
    ]
    check_stream([api.WatchResponse(revision=start, resume_token="x"), *messages], expected, start)
    check_batched(messages, events=limits.events, size=limits.size + 50)
    assert {place(update) for update in updates_of(messages)} == {one for one in expected if one[0] > start}


def test_streams_that_are_level_share_their_bytes() -> None:
    """alone: a message is put together once for all streams of a class that stand at the same place."""
    ring = Ring()
    wanted = a_class(selection(), ring)
    ring.append(revision(1))
    wanted.take_in(next(iter(ring.after(0))))
    assert wanted.batch(0, ROOMY).message is wanted.batch(0, ROOMY).message


def test_all_classes_keep_no_more_than_one_would() -> None:
    """alone: what is kept ready is bounded for all classes together, however many there are."""
    ring, kept = Ring(), Kept()
    classes = [a_class(selection(named("new", f"class {number}")), ring, kept) for number in range(20)]
    for number in range(1, 60):
        ring.append(revision(number, 2, "new"))
        for one in classes:
            one.take_in(next(iter(ring.after(number - 1))))
            one.batch(max(0, number - 30), ROOMY)
    assert kept.fragments.currsize <= kept.fragments.maxsize
    assert kept.batches.currsize <= kept.batches.maxsize
    assert len({id(one._kept) for one in classes}) == 1


class Slow:
    """A filter that takes a while."""

    hash = b"slow"
    matches_everything = False

    def __init__(self) -> None:
        self.asked = 0

    def matches_before(self, update: LoggedEvent) -> bool:
        return self._ask(update.model_before())

    def matches_after(self, update: LoggedEvent) -> bool:
        return self._ask(update.model_after())

    def _ask(self, model: model_pb2.Model | None) -> bool:
        assert model is not None

        self.asked += 1
        time.sleep(0.001)
        return False


def test_a_stream_that_is_behind_looks_at_a_little_at_a_time() -> None:
    """alone: a slow filter and a long way to go: each look ends soon, and goes on where it ended."""
    ring = Ring()
    for number in range(1, 201):
        ring.append(revision(number))
    slow = Slow()
    wanted = a_class(Selection(kinds=selection().kinds, filter=slow, scope=EVERYTHING), ring)  # type: ignore[arg-type] # it does as one
    through, looks = 0, 0
    while through < 200:
        before = slow.asked
        batch = wanted.batch(through, ROOMY)
        assert slow.asked - before < 40
        assert batch.through > through
        through, looks = batch.through, looks + 1
    assert looks > 5
    assert all(event._after is None for one in ring.after(0) for event in one.events)


def test_what_grows_by_being_joined_still_fits() -> None:
    """batches: the difference between two versions that were not neighbours can be larger than what was told of both:
    then fewer revisions go into the message, and the rest into the next."""
    ring = Ring()
    wanted = a_class(selection(coalesced=True), ring)
    for number, (before, after) in enumerate([("a" * 300, None), (None, "b" * 300)], start=1):
        ring.append(Revision(number, [change(number, before=before, after=after)]))
    apart = sum(len(wanted.batch(at, Limits(1, 1024)).message or b"") for at in (0, 1))
    joined = wanted.batch(0, ROOMY)
    assert (joined.count, joined.through) == (1, 2)
    assert len(joined.message or b"") > apart
    limits = Limits(500, apart)
    first = wanted.batch(0, limits)
    assert (first.count, first.through) == (1, 1)
    assert (wanted.batch(1, limits).count, wanted.batch(1, limits).through) == (1, 2)
