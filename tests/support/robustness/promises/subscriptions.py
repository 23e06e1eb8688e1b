"""What is promised of subscriptions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from modeldex.v1 import subscriber_service_pb2 as api
from modeldex.v1 import subscription_pb2 as pb
from support.robustness.promises.pace import HEALED
from support.robustness.reading import expected
from support.robustness.story import Story, Stream
from support.watching import Place, check_atomic, check_bookmarked, check_ordered, check_unique, place, updates_of
from support.watching.subscriptions import (
    Acknowledged,
    Pause,
    check_acknowledged,
    check_attempts,
    check_paused,
)

_SUPERSEDED, _EXPIRED = "SUBSCRIPTION_SUPERSEDED", "SUBSCRIPTION_EXPIRED"
_REDELIVERED = {"REDELIVERY", _SUPERSEDED, _EXPIRED, ""}


@dataclass
class Subscribed:
    """A subscription as it was created, its streams in the order in which they were opened, and each acknowledgement:
    when it was sent and answered, what it said, and its answer."""

    wanted: pb.Subscription
    streams: list[Stream] = field(default_factory=list)
    acknowledgements: list[tuple[float, float, Any, Any]] = field(default_factory=list)

    @property
    def explicit(self) -> bool:
        """Whether its client acknowledges."""
        return self.wanted.options.acknowledgement == pb.ACKNOWLEDGEMENT_MODE_EXPLICIT


def lasting(story: Story) -> None:
    """resumable, unique: each stream of a subscription brings what follows the place where it begins, in order, once;
    it begins where its token says, where what is acknowledged ends, or where the stream before was superseded: between
    them nothing is missing, and at the end all was sent."""
    for one in subscribed(story):
        through = max((stream.messages[-1].revision for stream in one.streams if stream.messages), default=0)
        wanted = {where for where, _ in expected(one.wanted, story.between(one.wanted.acknowledged_revision, through))}
        for stream in one.streams:
            _check_one(one, stream, wanted)
        _check_together(story, one, wanted)


def paused(story: Story) -> None:
    """paused: from the answer of a pause until a resumption is asked for nothing comes from after its revision."""
    for one in subscribed(story):
        pauses = list(_pauses(story, one.wanted.id))
        for stream in one.streams:
            check_paused(stream.messages, stream.times, pauses)


def one_stream(story: Story) -> None:
    """one stream: numbers of streams grow, one that is superseded brings nothing that the next one brings, and
    acknowledgements of it are refused."""
    for one in subscribed(story):
        begun = [(stream.times[0], stream.messages[0].stream) for stream in one.streams if stream.messages]
        numbers = [number for _, number in begun]
        assert numbers == sorted(set(numbers)), f"{one.wanted.id}: numbers {numbers}"
        for sent, _, request, _ in one.acknowledgements:
            newest = max((number for at, number in begun if at < sent), default=0)
            assert request.stream >= newest, f"{one.wanted.id}: stream {request.stream} acknowledged, there is {newest}"


def redelivered(story: Story) -> None:
    """redelivered, unique: with a client that acknowledges everything comes until it is acknowledged or a dead letter,
    and not after that; each message says how often it came."""
    for one in subscribed(story):
        if not one.explicit:
            continue
        told: list[tuple[float, Any]] = [
            (heard, Acknowledged(answer.acknowledged_revision)) for _, heard, _, answer in one.acknowledgements
        ]
        for stream in one.streams:
            told += zip(stream.times, stream.messages, strict=True)
        check_acknowledged([item for _, item in sorted(told, key=lambda item: item[0])])
        check_attempts([stream.messages for stream in one.streams], exact=False)
        _check_dead_letters(story, one)


def subscribed(story: Story) -> Iterator[Subscribed]:
    """The subscriptions of a story."""
    found: dict[str, Subscribed] = {}
    for _, _, answer in story.answered(api.CreateSubscriptionRequest):
        found[answer.subscription.id] = Subscribed(answer.subscription)
    for stream in story.streams.values():
        if stream.subscription:
            found[stream.subscription].streams.append(stream)
    for call, request, answer in story.answered(api.AcknowledgeUpdatesRequest):
        found[request.subscription_id].acknowledgements.append((call.at, call.ended, request, answer))
    yield from found.values()


def _check_one(one: Subscribed, stream: Stream, wanted: set[Place]) -> None:
    if not stream.messages:
        return
    begins, through = stream.messages[0].revision, stream.messages[-1].revision
    check_ordered(stream.messages)
    check_unique(stream.messages)
    check_atomic(stream.messages)
    check_bookmarked(stream.messages)
    assert stream.messages[0].HasField("bookmark"), "a stream begins without saying where"
    came = {place(update) for update in updates_of(stream.messages)}
    due = {where for where in wanted if begins < where[0] <= through}
    assert came == due, f"{one.wanted.id}: missing {sorted(due - came)[:5]}, too many {sorted(came - due)[:5]}"
    reason = stream.ended.reason if stream.ended else ""
    passing = stream.ended is None or stream.ended.code in ("UNAVAILABLE", "CANCELLED", "OK", "LEFT")
    assert passing or reason in _REDELIVERED, f"{one.wanted.id} ended with {reason}"


def _check_together(story: Story, one: Subscribed, wanted: set[Place]) -> None:
    """Where each stream begins, beside what came before it."""
    reached = one.wanted.acknowledged_revision
    tokens: dict[str, int] = {}
    older: Stream | None = None
    for stream in one.streams:
        if not stream.messages:
            continue
        begins = stream.messages[0].revision
        handed_over = older is None or (older.ended is not None and older.ended.reason == _SUPERSEDED)
        if token := stream.request.options.resume_token:
            assert begins == tokens[token], f"{one.wanted.id}: {begins}, and its token was of {tokens[token]}"
        elif one.explicit or handed_over:
            missed = sorted(where for where in wanted if reached < where[0] <= begins)
            assert not missed, f"{one.wanted.id}: begins after {begins}, and nobody was sent {missed[:5]}"
        if handed_over and not token and not one.explicit and story.calm(stream.opened.at - HEALED, stream.times[0]):
            again = sorted(where for where in wanted if begins < where[0] <= reached)
            assert not again, f"{one.wanted.id}: begins after {begins}, so that {again[:5]} came twice"
        tokens.update((message.resume_token, message.revision) for message in stream.messages)
        reached, older = max(reached, stream.messages[-1].revision), stream
    if one.wanted.id in story.kept:
        assert reached >= story.finished.head, f"{one.wanted.id} was sent up to {reached}"


def _pauses(story: Story, subscription_id: str) -> Iterator[Pause]:
    resumptions = sorted(
        at for at, request in story.asked(api.ResumeSubscriptionRequest) if request.subscription_id == subscription_id
    )
    for call, request, answer in story.answered(api.PauseSubscriptionRequest):
        if request.subscription_id == subscription_id:
            until = next((at for at in resumptions if at > call.ended), float("inf"))
            yield Pause(answer.revision, call.ended, until)


def _check_dead_letters(story: Story, one: Subscribed) -> None:
    """Only what was sent and rejected, or not acknowledged in time, was given up."""
    if (kept := story.kept.get(one.wanted.id)) is None:
        return
    came = {place(update) for stream in one.streams for update in updates_of(stream.messages)}
    rejected = {(bad.revision, bad.ordinal) for _, _, request, _ in one.acknowledgements for bad in request.rejected}
    for letter in api.ListDeadLettersResponse.FromString(kept.dead_letters).dead_letters:
        where = (letter.revision, letter.ordinal)
        assert where in came, f"{where} was given up and never sent"
        assert where in rejected or letter.reason == "ACKNOWLEDGEMENT_TIMEOUT", f"{where} was given up for nothing"
        assert place(letter.update) == where
