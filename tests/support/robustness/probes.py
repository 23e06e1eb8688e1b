"""Probes: streams from places that matter, and from places that are none, on each replica."""

from __future__ import annotations

import uuid
from typing import Any

from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import subscriber_service_pb2 as api
from modeldex_server.feed.tokens import ResumeTokens
from support.robustness.stage import Stage

_BEYOND = 1_000_000


async def probe(stage: Stage, edge: int) -> None:
    """At the edge of the log comes what follows. Before it comes what follows, too, where a replica still has it in
    memory, and else nothing; nothing comes in the future, and with tokens of other histories and other watches."""
    refused: list[tuple[str, api.WatchOptions]] = [
        ("FUTURE_REVISION", api.WatchOptions(after_revision=edge + _BEYOND)),
        ("INVALID_RESUME_TOKEN", api.WatchOptions(resume_token="A" * 96)),
        ("INVALID_RESUME_TOKEN", api.WatchOptions(resume_token=await _token_of_another(stage))),
        ("HISTORY_REWOUND", api.WatchOptions(resume_token=_foreign_token(stage, edge))),
    ]
    for replica in stage.replicas:
        for revision in (0, edge - 1, edge, edge + 1):
            await follow(stage, f"near the edge, after {revision}", replica.number, revision, edge + 2)
        for reason, options in refused:
            who, chain = f"{reason} on {replica.number}", stage.number()
            request = api.WatchRequest(options=options)
            async with stage.stream(who, chain, replica.number, request, expected=reason) as reading:
                await reading.next()


async def follow(stage: Stage, who: str, replica: int, revision: int, head: int) -> None:
    """Read what comes after a revision until a head is reached, or the stream ends."""
    request: Any = api.WatchRequest(options=api.WatchOptions(after_revision=revision))
    request.options.bookmark_interval.FromMilliseconds(1000)
    async with stage.stream(who, stage.number(), replica, request) as reading:
        while (message := await reading.next()) is not None and message.revision < head:
            pass


async def _token_of_another(stage: Stage) -> str:
    """A token that is good, for a watch of something else."""
    request = api.WatchRequest(models=discovery.ModelFilter(tags=["another"]))
    for replica in stage.replicas:
        async with stage.stream("another", stage.number(), replica.number, request) as reading:
            if (message := await reading.next()) is not None:
                return str(message.resume_token)
    return "A" * 96


def _foreign_token(stage: Stage, revision: int) -> str:
    """A token with our signature, of a history that is not ours."""
    (key,) = stage.tables.rows("SELECT token_key FROM ledger_head")[0]
    tokens = ResumeTokens()
    tokens.use(str(key).encode(), uuid.uuid4())
    return tokens.encode(revision, b"")
