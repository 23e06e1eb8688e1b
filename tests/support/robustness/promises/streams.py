"""What is promised of every stream, and of streams that continue each other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from support.robustness.reading import expected
from support.robustness.story import LEFT, Chain, Story, Stream
from support.watching import (
    check_atomic,
    check_ordered,
    check_reliable,
    check_resumable,
    check_unique,
    place,
    updates_of,
)

# How a stream may end where nothing more was due: its replica ended, was killed or was away, or its client left.
_PASSING = {"OK", LEFT, "UNAVAILABLE", "CANCELLED"}


@contextmanager
def named(chain: Chain) -> Iterator[None]:
    """Whatever is wrong in the block is wrong of this chain."""
    try:
        yield
    except AssertionError as error:
        raise AssertionError(f"chain {chain.number} of {chain.who}: {error}") from None


def ordered(story: Story) -> None:
    """ordered: on every stream, and on those that continue it."""
    for chain, _ in story.watches():
        with named(chain):
            check_ordered(chain.messages)


def unique(story: Story) -> None:
    """unique: on every stream, and on those that continue it."""
    for chain, _ in story.watches():
        with named(chain):
            check_unique(chain.messages)


def atomic(story: Story) -> None:
    """atomic: every revision in one message."""
    for chain, _ in story.watches():
        with named(chain):
            check_atomic(chain.messages)


def reliable(story: Story) -> None:
    """reliable, resumable: what came after the start of a chain, up to where it got, is what the log holds and its
    filters let through, with its transition: nothing less and nothing more, whatever replica brought it."""
    for chain, start in story.watches():
        if chain.coalesced:
            continue
        wanted = dict(expected(chain.request, story.between(start, chain.messages[-1].revision)))
        with named(chain):
            check_reliable(chain.messages, wanted, start)
            for update in updates_of(chain.messages):
                assert update.transition == wanted[place(update)], f"{place(update)} has another transition"


def resumable(story: Story) -> None:
    """resumable: messages have tokens, where a chain goes on it does so with the last of them, and each replica takes
    tokens of the other."""
    crossed: set[tuple[int | None, int]] = set()
    for chain, _ in story.watches():
        with named(chain):
            check_resumable(chain.messages)
        token, replica = "", None  # of the stream before
        for stream in chain.streams:
            with named(chain):
                assert stream.request.options.resume_token == token, "it went on elsewhere"
            if stream.messages:
                crossed.add((replica, stream.opened.replica))
                token, replica = stream.messages[-1].resume_token, stream.opened.replica
    assert {(0, 1), (1, 0)} <= crossed, f"streams went on from and to {crossed}"


def never_silent(story: Story) -> None:
    """never silent: a stream ends with a reason of the contract only, and with the one that was due where one was. It
    is told that its place is gone where that is so, and nowhere else."""
    due, told = set(), set()
    for stream in story.streams.values():
        opened, ended = stream.opened, stream.ended
        if opened.expected:
            due.add(opened.expected)
            assert ended is not None, f"{opened.who} went on"
            assert not stream.messages, f"{opened.who} was brought something"
            assert ended.reason == opened.expected or ended.code == "UNAVAILABLE", f"{opened.who}: {ended}"
            told.add(ended.reason)
        elif ended is not None and ended.reason == "REVISION_COMPACTED":
            _check_gone(story, stream)
        elif ended is not None and not stream.subscription:
            assert ended.code in _PASSING, f"{opened.who} ended with {ended.code} {ended.reason}"
    assert due <= told, f"nobody was told {due - told}"


def _check_gone(story: Story, stream: Stream) -> None:
    """The log had passed the place of the stream by then."""
    assert stream.ended is not None
    mark = max((one.revision for one in story.compactions if one.at <= stream.ended.at), default=0)
    told = stream.ended.metadata or {}
    stood, begins = int(told["revision"]), int(told["compacted_revision"])
    assert stood < begins <= mark, f"{stream.opened.who}: {told}, and the log begins after {mark}"
    if stream.messages:
        assert stream.messages[-1].revision <= stood, f"{stream.opened.who} was further than {stood}"
