"""Validators of the streams of one subscription: one function a promise. They are pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from modeldex.v1 import subscriber_service_pb2 as api

Messages = Sequence[api.WatchResponse]


@dataclass(frozen=True)
class Acknowledged:
    """A client heard that everything up to a revision is done with."""

    revision: int


@dataclass(frozen=True)
class Pause:
    """A pause at a revision: `since` its answer was there, `until` a resumption was asked for."""

    revision: int
    since: float
    until: float


def check_paused(messages: Messages, times: Sequence[float], pauses: Sequence[Pause]) -> None:
    """paused: between the answer of a pause and the resumption nothing comes from after its revision, and no message
    says that the stream is beyond it."""
    for pause in pauses:
        for message, time in zip(messages, times, strict=True):
            if pause.since <= time <= pause.until:
                late = [update.revision for update in message.updates if update.revision > pause.revision]
                assert not late, f"{late[:5]} came while it was paused at {pause.revision}"
                assert message.revision <= pause.revision, f"at {message.revision}, paused at {pause.revision}"


def check_acknowledged(story: Sequence[api.WatchResponse | Acknowledged]) -> None:
    """unique: what is acknowledged does not come again. The story is that of one client: what it was sent, on all
    streams, and what it heard of its acknowledgements, in order."""
    done = 0
    for item in story:
        if isinstance(item, Acknowledged):
            done = max(done, item.revision)
            continue
        again = [update.revision for update in item.updates if update.revision <= done]
        assert not again, f"{again[:5]} came again, acknowledged through {done}"


def check_attempts(streams: Sequence[Messages], *, exact: bool = True) -> None:
    """redelivered: each message says how often its updates came, this time counted, the same for all of them. Where
    streams broke, `exact` does not hold: what was sent and did not arrive counts, too."""
    came: Counter[tuple[int, int]] = Counter()
    for messages in streams:
        for message in messages:
            places = [(update.revision, update.ordinal) for update in message.updates]
            for place in places:
                times = came[place] + 1
                as_told = message.attempt == times if exact else message.attempt >= times
                assert as_told, f"{place} came for the {times}. time and says {message.attempt}"
            came.update(places)


def check_one_stream(streams: Sequence[Messages], reasons: Sequence[str]) -> None:
    """one stream: of streams that were opened one after the other and left alone each has a number of its own, greater
    than the one before, and all but the last were superseded. A reason is empty where a stream is open."""
    numbers = [{message.stream for message in messages} for messages in streams]
    assert all(len(found) == 1 for found in numbers), f"numbers that change on a stream: {numbers}"
    order = [number for found in numbers for number in found]
    assert order == sorted(set(order)), f"numbers that do not grow: {order}"
    assert order[0] > 0, "a stream without a number"
    wanted = ["SUBSCRIPTION_SUPERSEDED"] * (len(reasons) - 1) + [""]
    assert list(reasons) == wanted, f"ended as {list(reasons)}"
