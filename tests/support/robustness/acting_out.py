"""What chance may have left out: every end of a stream once, when nothing breaks and nobody writes."""

from __future__ import annotations

import asyncio
from typing import Any

from modeldex.v1 import subscriber_service_pb2 as api
from modeldex.v1 import subscription_pb2 as pb
from support.robustness import history as was
from support.robustness.faults import compact
from support.robustness.probes import probe
from support.robustness.stage import Stage
from support.robustness.truth import Truth

_WHO = "acting out"
_KEPT = 10  # revisions that the log keeps; those before are looked for where no memory has them


async def act_out(stage: Stage, truth: Truth) -> None:
    """Let a server refuse streams for it goes, and start it with nothing in memory; let the log forget; go from replica
    to replica; and reject an update, and open a newer stream, of a subscription."""
    await _drain(stage)
    await probe(stage, await compact(stage, truth, keep=_KEPT))
    await _cross(stage)
    await _redeliver(stage)


async def _drain(stage: Stage) -> None:
    """Ask the first server for streams while it ends, until one is refused. Where this machine let it be gone before it
    was asked, it ends once more."""
    server, refused = stage.replicas[0].server, False
    while not refused:
        began = stage.history.now
        ending = asyncio.create_task(asyncio.to_thread(server.end))
        while not (refused or ending.done()):
            async with stage.stream(_WHO, stage.number(), 0, api.WatchRequest()) as reading:
                refused = await reading.next() is None and getattr(reading.problem, "reason", "") == "DRAINING"
        await ending
        await asyncio.to_thread(server.start)
        stage.history.add(was.Broke(began, stage.history.now, "drained", [0]))


async def _cross(stage: Stage) -> None:
    """One client on both replicas, there and back."""
    chain, request = stage.number(), api.WatchRequest()
    for replica in (0, 1, 0):
        message = None
        while message is None:
            async with stage.stream(_WHO, chain, replica, request) as reading:
                message = await reading.next()
        request = api.WatchRequest(options=api.WatchOptions(resume_token=message.resume_token))


async def _redeliver(stage: Stage) -> None:
    """The subscription begins before the last revision, so that it has something to reject."""
    wanted = pb.Subscription(client_id=_WHO, type=pb.SUBSCRIPTION_TYPE_ALL_UPDATES)
    wanted.options.acknowledgement = pb.ACKNOWLEDGEMENT_MODE_EXPLICIT
    wanted.options.retry.base_delay.FromMilliseconds(0)
    head = await asyncio.to_thread(lambda: stage.tables.head)
    created = await stage.ask(_WHO, 0, api.CreateSubscriptionRequest(subscription=wanted, after_revision=head - 1))
    request = api.WatchRequest(subscription_id=created.subscription.id)
    async with stage.stream(_WHO, stage.number(), 0, request) as reading:
        message = await _updates(reading)
        bad = message.updates[0]
        rejection = pb.UpdateRejection(revision=bad.revision, ordinal=bad.ordinal, retryable=True, reason="NO")
        answer = api.AcknowledgeUpdatesRequest(
            subscription_id=request.subscription_id,
            stream=message.stream,
            through_revision=message.revision,
            rejected=[rejection],
        )
        await stage.ask(_WHO, 0, answer)
        while await reading.next() is not None:
            pass
    async with stage.stream(_WHO, stage.number(), 0, request) as older:
        await older.next()
        async with stage.stream(_WHO, stage.number(), 1, request) as newer:
            await newer.next()
            while await older.next() is not None:
                pass


async def _updates(reading: Any) -> Any:
    """The first message with updates."""
    while not (message := await reading.next()).updates:
        pass
    return message
