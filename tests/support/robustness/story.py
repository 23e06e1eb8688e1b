"""A story: a history put together by streams, chains and calls, with what the log held as the truth."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from modeldex.v1 import subscriber_service_pb2 as api
from modeldex.v1 import update_pb2 as pb
from support.principals import METHODS, message_of
from support.robustness import history as was
from support.watching import Messages, Place

LEFT = "LEFT"  # how a stream ends that its client leaves


@dataclass
class Stream:
    """One stream: as it was asked for, what came on it and when, and how it ended."""

    opened: was.Opened
    request: Any
    messages: list[api.WatchResponse] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    ended: was.Ended | None = None

    @property
    def until(self) -> float:
        """Until when something could come."""
        return self.ended.at if self.ended is not None else float("inf")

    @property
    def subscription(self) -> str:
        """The subscription that it is of; empty for none."""
        return str(getattr(self.request, "subscription_id", ""))

    @property
    def delay(self) -> float:
        """Seconds that an update may wait for others."""
        return float(self.request.options.max_batch_delay.ToTimedelta().total_seconds())

    @property
    def interval(self) -> float:
        """Seconds between two bookmarks."""
        options = self.request.options
        return (
            options.bookmark_interval.ToTimedelta().total_seconds() if options.HasField("bookmark_interval") else 10.0
        )


@dataclass
class Chain:
    """Streams that continued each other, as one."""

    who: str
    number: int
    streams: list[Stream] = field(default_factory=list)

    @property
    def request(self) -> Any:
        """How it began."""
        return self.streams[0].request

    @property
    def of_models(self) -> bool:
        """Whether it brings every update of a model that matches."""
        return type(self.request).__name__ in ("WatchRequest", "WatchModelUpdatesRequest")

    @property
    def filtered(self) -> bool:
        """Whether it brings some updates only."""
        return bool(self.request.filters) or self.request.HasField("models")

    @cached_property
    def messages(self) -> Messages:
        """All that came, in order."""
        return [message for stream in self.streams for message in stream.messages]

    @cached_property
    def start(self) -> int | None:
        """The revision that it brings what came after; None where it came to nothing."""
        options = self.request.options
        if options.HasField("after_revision"):
            return int(options.after_revision)
        if options.initial_snapshot:
            return next((one.revision for one in self.messages if one.snapshot_complete), None)
        return self.messages[0].revision if self.messages else None

    @property
    def coalesced(self) -> bool:
        """Whether updates of one model may be joined."""
        return bool(self.request.options.coalescing == pb.UPDATE_COALESCING_LATEST_PER_MODEL)


@dataclass
class Story:
    """What happened. Chains are by their numbers, and so are lists; streams by theirs."""

    begun: was.Begun = field(default_factory=lambda: was.Begun(0, 0, 0))
    calls: list[was.Called] = field(default_factory=list)
    chains: dict[int, Chain] = field(default_factory=dict)
    streams: dict[int, Stream] = field(default_factory=dict)
    faults: list[was.Broke] = field(default_factory=list)
    compactions: list[was.Compacted] = field(default_factory=list)
    truth: list[pb.UpdateEvent] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    finished: was.Finished = field(default_factory=lambda: was.Finished(float("inf"), 0))
    listed: dict[int, bytes] = field(default_factory=dict)
    kept: dict[str, was.Kept] = field(default_factory=dict)

    def watches(self) -> Iterator[tuple[Chain, int]]:
        """Chains of watches that came to something, each with what it began after. Not those of subscriptions."""
        for chain in self.chains.values():
            if chain.start is not None and chain.messages and not chain.streams[0].subscription:
                yield chain, chain.start

    def between(self, start: int, through: int) -> list[pb.UpdateEvent]:
        """What the log holds after a revision and up to another."""
        begin, end = (bisect_right(self.truth, one, key=lambda update: update.revision) for one in (start, through))
        return self.truth[begin:end]

    def models(self) -> Iterator[tuple[pb.UpdateEvent, pb.ModelUpdate]]:
        """The changes of models in the log."""
        return ((update, update.model) for update in self.truth if update.HasField("model") and not update.external)

    def answered(self, *requests: type[Any]) -> Iterator[tuple[was.Called, Any, Any]]:
        """Calls that were answered: each with its request and its answer."""
        wanted = {one.DESCRIPTOR.full_name for one in requests}
        for call in self.calls:
            method = METHODS[call.method]
            if not call.code and method.input_type.full_name in wanted:
                yield call, message_of(method.input_type, call.request), message_of(method.output_type, call.answer)

    def asked(self, request: type[Any]) -> Iterator[tuple[float, Any]]:
        """Calls, whatever became of them: when each was made, and its request."""
        for call in self.calls:
            if call.method == request.DESCRIPTOR.full_name:
                yield call.at, request.FromString(call.request)

    def summary(self) -> str:
        """What it is about, in a line."""
        faults = sorted({fault.what for fault in self.faults})
        ends = sorted({one.ended.reason for one in self.streams.values() if one.ended and one.ended.reason})
        came = sum(len(message.updates) for one in self.streams.values() for message in one.messages)
        return (
            f"{self.finished.head} revisions, {len(self.calls)} calls, {len(self.streams)} streams with {came} updates;"
            f" faults: {', '.join(faults)}; ends: {', '.join(ends)}"
        )

    def calm(self, begin: float, end: float) -> bool:
        """Whether nothing was broken in a span of time."""
        return not any(fault.at < end and fault.ended > begin for fault in self.faults)


def story_of(entries: Iterable[was.Entry]) -> Story:
    """Puts a history together."""
    story = Story()
    for entry in entries:
        _put(story, entry)
    return story


def _put(story: Story, entry: was.Entry) -> None:
    match entry:
        case was.Begun():
            story.begun = entry
        case was.Called():
            story.calls.append(entry)
        case was.Opened():
            stream = Stream(entry, message_of(METHODS[entry.method].input_type, entry.request))
            story.streams[entry.stream] = stream
            story.chains.setdefault(entry.chain, Chain(entry.who, entry.chain)).streams.append(stream)
        case was.Came():
            # The answers of all watches are the same, as far as they go.
            story.streams[entry.stream].messages.append(api.WatchResponse.FromString(entry.data))
            story.streams[entry.stream].times.append(entry.at)
        case was.Ended():
            story.streams[entry.stream].ended = entry
        case was.Broke():
            story.faults.append(entry)
        case was.Compacted():
            story.compactions.append(entry)
        case was.Told():
            story.truth.append(pb.UpdateEvent.FromString(entry.data))
        case was.Stored():
            story.places += [(revision, ordinal) for revision, ordinal in entry.places]
        case was.Finished():
            story.finished = entry
        case was.Listed():
            story.listed[entry.chain] = entry.answer
        case was.Kept():
            story.kept[entry.who] = entry
