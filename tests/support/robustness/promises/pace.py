"""What is promised of when updates and bookmarks come, and in what portions.

Times are wide, for machines that are slow and busy: what must not be is that something does not come.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import pairwise
from typing import NamedTuple

from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import subscriber_service_pb2 as api
from support.robustness.promises.streams import named
from support.robustness.story import Story, Stream
from support.watching import check_batched, check_bookmarked, check_reaches, place

LATE = 15.0  # seconds
HEALED = 4.0  # seconds after a fault in which what it broke comes back
_EVENTS, _BYTES = 500, 1024 * 1024
_WRITES = (
    discovery.SaveModelRequest,
    discovery.DeleteModelRequest,
    discovery.UndeleteModelRequest,
    discovery.RefreshProviderRequest,
    api.PublishUpdatesRequest,
)


def bookmarked(story: Story) -> None:
    """bookmarked: nothing comes of what a stream said it is through; every stream reaches the head, also where nothing
    matches; and while a stream is open it is never silent for much longer than two intervals."""
    for chain, _ in story.watches():
        with named(chain):
            check_bookmarked(chain.messages)
            if chain.streams[-1].until > story.finished.at:
                check_reaches(chain.messages, story.finished.head)
            for stream in chain.streams:
                for before, after in pairwise([*stream.times, min(stream.until, story.finished.at)]):
                    assert after - before < 2 * stream.interval + LATE, f"silent from {before:.1f} to {after:.1f}"


def covered(story: Story) -> None:
    """bookmarked, lost hints: what is acknowledged on any replica is covered, by an update or by a bookmark, on every
    stream that is open: soon where all is well, and soon after faults are over otherwise."""
    calls = sorted((call.ended, int(answer.revision)) for call, _, answer in story.answered(*_WRITES))
    writes = [Acknowledged(at, revision, _due(story, at)) for at, revision in calls]
    for chain, start in story.watches():
        with named(chain):
            for stream in chain.streams:
                _check_covers(stream, writes, start)


def batches(story: Story) -> None:
    """batches: no message holds more than was asked for; and where all is well an update waits no longer."""
    for chain, _ in story.watches():
        options = chain.request.options
        events = options.max_batch_events if options.HasField("max_batch_events") else _EVENTS
        size = options.max_batch_bytes if options.HasField("max_batch_bytes") else _BYTES
        with named(chain):
            check_batched(chain.messages, events=events, size=size)
            for stream in chain.streams:
                _check_waits(story, stream)


class Acknowledged(NamedTuple):
    """A write: when it was acknowledged, its revision, and when that must be known everywhere."""

    at: float
    revision: int
    due: float


def _check_covers(stream: Stream, writes: list[Acknowledged], start: int) -> None:
    reached = iter(zip(stream.times, (message.revision for message in stream.messages), strict=True))
    at, revision = 0.0, start
    for write in writes[bisect_left(writes, (stream.opened.at,)) :]:
        if write.at > stream.until:
            return
        while revision < write.revision:
            at, revision = next(reached, (float("inf"), write.revision))
        due = write.due + stream.interval + stream.delay
        if stream.until > due:
            told = f"{write.revision}, acknowledged at {write.at:.1f}, was covered at {at:.1f}"
            assert at <= due, told


def _due(story: Story, at: float) -> float:
    """When what happened at a time must be known everywhere."""
    due = at + LATE
    for fault in story.faults:  # in their order
        if fault.at < due and fault.ended > at - HEALED:
            due = max(due, fault.ended + HEALED + LATE)
    return due


def _check_waits(story: Story, stream: Stream) -> None:
    """Of what was committed while the stream was level with the log."""
    level: float | None = None
    for at, message in zip(stream.times, stream.messages, strict=True):
        for update in message.updates:
            committed = update.time.ToNanoseconds() / 1e9 - story.begun.wall
            if level is not None and committed > level and story.calm(level, at):
                assert at - committed < stream.delay + LATE, f"{place(update)} waited for {at - committed:.1f} s"
        if message.HasField("bookmark"):
            level = at if message.revision == message.bookmark.head_revision else None
