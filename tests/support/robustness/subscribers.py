"""Subscribers: clients with a subscription, who pause it, acknowledge, reject, leave, and open newer streams."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import Any

from google.protobuf.duration_pb2 import Duration

from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import subscriber_service_pb2 as api
from modeldex.v1 import subscription_pb2 as pb
from support.robustness import history as was
from support.robustness import writers
from support.robustness.stage import Reading, Refused, Stage

_PAUSE = 0.1  # seconds before what failed is tried again
_RETRY = pb.RetryPolicy(max_retries=2, base_delay=Duration(nanos=100_000_000), max_delay=Duration(seconds=1))
# What an acknowledgement may be told where there is a newer stream by now, or this one was broken.
_MEANWHILE = {"SUBSCRIPTION_SUPERSEDED", "ACKNOWLEDGEMENT_BEYOND_SENT"}
_PASSING = {"UNAVAILABLE", "CANCELLED", "DEADLINE_EXCEEDED", "ABORTED"}
# Bookmarks that say that there is something still to come.
_WAITING = {api.WATCH_FLOW_STATE_RETRYING, api.WATCH_FLOW_STATE_WINDOW_FULL, api.WATCH_FLOW_STATE_PAUSED}


class Subscriber:
    """One client. It has one subscription at a time: a new one where the log has passed the old one's place."""

    def __init__(self, stage: Stage, who: str, *, explicit: bool) -> None:
        self.who = who
        self.id = ""
        self._stage = stage
        self._chance = stage.chance(who)
        self._explicit = explicit
        self._token = ""
        self._revision = -1  # what it was sent, and acknowledged where it does
        self._owes = False  # an acknowledgement of what it was sent

    async def run(self) -> None:
        """Follow until the head is reached that is the last."""
        while not self._done:
            try:
                if not self.id:
                    await self._subscribe()
                await self._follow()
            except Refused as refused:
                if refused.problem.reason == "SUBSCRIPTION_EXPIRED":
                    self.id = ""
                elif refused.problem.code.name not in _PASSING:
                    raise
                await asyncio.sleep(_PAUSE)
        await self._tell()

    @property
    def _done(self) -> bool:
        return self._stage.head is not None and self._revision >= self._stage.head

    async def _subscribe(self) -> None:
        wanted = pb.Subscription(client_id=self.who, type=pb.SUBSCRIPTION_TYPE_ALL_UPDATES)
        if self._chance.random() < 0.5:
            provider = f"random-{self._chance.randrange(writers.PROVIDERS)}"
            wanted.models.CopyFrom(discovery.ModelFilter(provider_ids=[provider]))
        wanted.options.max_batch_events = self._chance.choice([1, 5, 100])
        if self._explicit:
            wanted.options.acknowledgement = pb.ACKNOWLEDGEMENT_MODE_EXPLICIT
            wanted.options.acknowledgement_timeout.FromSeconds(5)
            wanted.options.max_unacknowledged = self._chance.choice([3, 20, 1000])
            wanted.options.retry.CopyFrom(_RETRY)
        request = api.CreateSubscriptionRequest(subscription=wanted, request_id=f"{self.who} {self._stage.number()}")
        answer = await self._stage.ask(self.who, self._chance.randrange(2), request)
        self.id, self._token, self._revision = answer.subscription.id, "", answer.revision

    async def _follow(self) -> None:
        """A stream, and perhaps a newer one that ends it."""
        async with AsyncExitStack() as stack:
            reading = await stack.enter_async_context(self._open(self._token))
            number = await self._read(reading)
            if number and not self._over(reading) and self._stage.head is None and self._chance.random() < 0.3:
                newer = await stack.enter_async_context(self._open(""))
                if await newer.next() is not None:
                    await self._give_up(reading, number)
                    if reading.problem is not None and reading.problem.reason == "SUBSCRIPTION_SUPERSEDED":
                        await self._read(newer)
                reading = newer
        if reading.problem is not None:
            await asyncio.sleep(_PAUSE)
            if reading.problem.reason == "SUBSCRIPTION_EXPIRED":
                self.id = ""

    async def _give_up(self, older: Reading, number: int) -> None:
        """What still comes on a stream that a newer one ends, and an acknowledgement of it, which is refused."""
        if self._explicit:
            await self._acknowledge(self._revision, number)
        while (message := await older.next()) is not None:
            self._token = message.resume_token

    def _open(self, token: str) -> Any:
        self._owes = False  # what is not acknowledged comes again
        request = api.WatchRequest(subscription_id=self.id)
        request.options.bookmark_interval.FromMilliseconds(1000)
        if token and not self._explicit:
            request.options.resume_token = token
        return self._stage.stream(self.who, self._stage.number(), self._chance.randrange(2), request)

    async def _read(self, reading: Reading) -> int:
        """Some messages, with a pause now and then; the number of the stream."""
        number, most = 0, self._chance.choice([1, 10, 60])
        while (most > 0 or self._stage.head is not None) and not self._done:
            most -= 1
            message = await reading.next()
            if message is None:
                break
            number = message.stream
            await self._take(message)
            if self._stage.head is None and self._chance.random() < 0.05:
                await self._rest(reading)
        return number

    async def _take(self, message: Any) -> None:
        """Take a message in, and acknowledge it, most of the time; some of it could not be done with."""
        self._token = message.resume_token
        if not self._explicit:
            self._revision = message.revision
            return
        ending = self._stage.head is not None
        if message.updates and (ending or self._chance.random() < 0.7):
            rejected = [] if ending or self._chance.random() < 0.9 else [self._rejection(message)]
            await self._acknowledge(message.revision, message.stream, rejected)
        elif message.updates:
            self._owes = True
        elif ending and self._owes:
            await self._acknowledge(message.revision, message.stream)
        elif not self._owes and message.bookmark.flow_state not in _WAITING:
            self._revision = max(self._revision, message.revision)

    def _rejection(self, message: Any) -> pb.UpdateRejection:
        bad = self._chance.choice(message.updates)
        retryable = self._chance.random() < 0.7
        return pb.UpdateRejection(revision=bad.revision, ordinal=bad.ordinal, retryable=retryable, reason="NO")

    async def _acknowledge(self, revision: int, stream: int, rejected: list[pb.UpdateRejection] | None = None) -> None:
        request = api.AcknowledgeUpdatesRequest(
            subscription_id=self.id, stream=stream, through_revision=revision, rejected=rejected
        )
        try:
            answer = await self._stage.ask(self.who, self._chance.randrange(2), request)
        except Refused as refused:
            if refused.problem.reason not in _MEANWHILE:
                raise
        else:
            self._revision, self._owes = max(self._revision, answer.acknowledged_revision), False

    async def _rest(self, reading: Reading) -> None:
        """Pause, on any replica, look at what comes all the same, and go on."""
        try:
            pause = api.PauseSubscriptionRequest(subscription_id=self.id)
            await self._stage.ask(self.who, self._chance.randrange(2), pause)
            for _ in range(self._chance.randrange(3)):  # bookmarks, if all is as it should be
                if (message := await reading.next()) is None:
                    break
                await self._take(message)
        finally:
            await self._go_on()

    async def _go_on(self) -> None:
        resume = api.ResumeSubscriptionRequest(subscription_id=self.id)
        while True:
            try:
                await self._stage.ask(self.who, self._chance.randrange(2), resume)
            except Refused as refused:
                if refused.problem.code.name not in _PASSING:
                    raise
                await asyncio.sleep(_PAUSE)
            else:
                return

    def _over(self, reading: Reading) -> bool:
        return reading.problem is not None or reading.call.done()

    async def _tell(self) -> None:
        """How the subscription stands at the end."""
        request = api.GetSubscriptionRequest(subscription_id=self.id)
        letters = api.ListDeadLettersRequest(subscription_id=self.id, page_size=500)
        answers = [await self._stage.ask(self.who, 0, one) for one in (request, letters)]
        self._stage.history.add(was.Kept(self.id, *(answer.SerializeToString() for answer in answers)))
