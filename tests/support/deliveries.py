"""Subscriptions in tests: made, watched, acknowledged, paused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import subscriber_service_pb2 as api
from modeldex.v1 import subscription_pb2 as pb
from modeldex.v1.subscriber_service_pb2_grpc import SubscriberServiceStub
from support.api import Api
from support.waiting import eventually
from support.watching import Recorder

EXPLICIT = pb.ACKNOWLEDGEMENT_MODE_EXPLICIT
_SECONDS = 20


def subscriber(caller: Api) -> Any:
    """The service, for a caller."""
    return SubscriberServiceStub(caller.channel)


async def subscribe(
    caller: Api,
    *,
    provider: str = "",
    after_revision: int | None = None,
    type: pb.SubscriptionType.ValueType = pb.SUBSCRIPTION_TYPE_MODEL_UPDATES,
    **options: Any,
) -> pb.Subscription:
    """A subscription to the models of a provider, or to all. `options` are its own."""
    wanted = pb.Subscription(client_id="tests", type=type, options=pb.SubscriptionOptions(**options))
    if provider:
        wanted.models.CopyFrom(discovery.ModelFilter(provider_ids=[provider]))
    request = api.CreateSubscriptionRequest(subscription=wanted, after_revision=after_revision)
    answer = await subscriber(caller).CreateSubscription(request, timeout=_SECONDS)
    return answer.subscription  # type: ignore[no-any-return] # stubs have no types


async def look_at(caller: Api, one: pb.Subscription) -> pb.Subscription:
    """It as it is now."""
    request = api.GetSubscriptionRequest(subscription_id=one.id)
    return (await subscriber(caller).GetSubscription(request, timeout=_SECONDS)).subscription  # type: ignore[no-any-return]


async def kept(caller: Api, one: pb.Subscription, through: int) -> None:
    """Wait until the store knows that it was written through a revision, where it acknowledges by itself. A client can
    have a message before its server has ended the writing; where it leaves between, the message comes again."""

    async def is_known() -> bool:
        return (await look_at(caller, one)).acknowledged_revision >= through

    await eventually(is_known, f"the store to know that a subscription is through revision {through}")


def watch_of(one: pb.Subscription, token: str = "", *, bookmarks: float = 1.0) -> api.WatchRequest:
    """A watch of it."""
    options = api.WatchOptions()
    options.bookmark_interval.FromMilliseconds(round(bookmarks * 1000))
    if token:
        options.resume_token = token
    return api.WatchRequest(subscription_id=one.id, options=options)


async def acknowledge(
    caller: Api,
    one: pb.Subscription,
    seen: Recorder | int,
    through: int,
    rejected: Sequence[pb.UpdateRejection] = (),
) -> api.AcknowledgeUpdatesResponse:
    """Acknowledge what came on a stream."""
    stream = seen if isinstance(seen, int) else stream_of(seen)
    request = api.AcknowledgeUpdatesRequest(
        subscription_id=one.id, stream=stream, through_revision=through, rejected=rejected
    )
    return await subscriber(caller).AcknowledgeUpdates(request, timeout=_SECONDS)  # type: ignore[no-any-return]


def stream_of(recorder: Recorder) -> int:
    """The number of the stream that was recorded."""
    return recorder.messages[0].stream


def rejection(revision: int, ordinal: int = 0, *, retryable: bool = True, reason: str = "BUSY") -> pb.UpdateRejection:
    """Could not do with an update."""
    return pb.UpdateRejection(revision=revision, ordinal=ordinal, retryable=retryable, reason=reason, message="no luck")


async def pause(caller: Api, one: pb.Subscription) -> int:
    """Pause it; the revision after which nothing is sent."""
    request = api.PauseSubscriptionRequest(subscription_id=one.id)
    return int((await subscriber(caller).PauseSubscription(request, timeout=_SECONDS)).revision)


async def resume(caller: Api, one: pb.Subscription) -> int:
    """Let it go on; the revision."""
    request = api.ResumeSubscriptionRequest(subscription_id=one.id)
    return int((await subscriber(caller).ResumeSubscription(request, timeout=_SECONDS)).revision)


async def dead_letters(caller: Api, one: pb.Subscription) -> list[pb.DeadLetter]:
    """What it gave up, in the order of the log."""
    request = api.ListDeadLettersRequest(subscription_id=one.id, page_size=500)
    found = (await subscriber(caller).ListDeadLetters(request, timeout=_SECONDS)).dead_letters
    return sorted(found, key=lambda letter: (letter.revision, letter.ordinal))
