"""What callers remember of their calls, to be compared with what the audit trail says."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import grpc
from google.protobuf.descriptor_pb2 import MethodOptions
from google.protobuf.message import Message

from support.api import read_problem
from support.checks import Catalogue
from support.principals import METHODS, Caller

OK = "OK"
# Calls, by who called, what, and what came of it.
History = Counter[tuple[str, str, str]]

_ROWS = """
SELECT principal, method, CASE WHEN outcome IN ('changed', 'unchanged', 'done') THEN 'OK' ELSE outcome END, count(*)
FROM audit_event WHERE authentication <> 1 GROUP BY 1, 2, 3"""


@dataclass
class Story:
    """Some callers on one channel, and all that they did."""

    channel: grpc.aio.Channel
    tokens: dict[str, str]  # by principal
    history: History = field(default_factory=Counter)

    async def call(self, principal: str, request: Message) -> str:
        """Make a call, and remember it where the trail must have it; what came of it. A principal without a token is
        nobody."""
        method = METHODS[request.DESCRIPTOR.full_name]
        outcome = await _outcome(Caller(self.channel, self.tokens.get(principal, "a wrong one")), request)
        writes = method.GetOptions().idempotency_level != MethodOptions.NO_SIDE_EFFECTS
        if writes:
            self.remember(principal, method.name, outcome)
        return outcome

    async def call_raw(self, principal: str, path: str, data: bytes) -> str:
        """Make a call of a method that writes with bytes that need be no message."""
        metadata = (("authorization", f"Bearer {self.tokens.get(principal, 'a wrong one')}"),)
        call = self.channel.unary_unary(path, request_serializer=bytes, response_deserializer=bytes)
        try:
            await call(data, timeout=20, metadata=metadata)
            outcome = OK
        except grpc.aio.AioRpcError as error:
            outcome = read_problem(error).reason
        self.remember(principal, path.rpartition("/")[2], outcome)
        return outcome

    def remember(self, principal: str, method: str, outcome: str) -> None:
        """One more call that has a row."""
        self.history[principal if principal in self.tokens else "", method, outcome] += 1


@asynccontextmanager
async def story(address: str, tokens: dict[str, str]) -> AsyncIterator[Story]:
    """Callers of a server, on whose channel nothing is tried again."""
    options = (("grpc.use_local_subchannel_pool", 1), ("grpc.enable_retries", 0))
    async with grpc.aio.insecure_channel(address, options=options) as channel:
        yield Story(channel, tokens)


def trail_of(tables: Catalogue) -> History:
    """What the trail says that callers did."""
    return Counter({(principal, method, outcome): number for principal, method, outcome, number in tables.rows(_ROWS)})


async def _outcome(caller: Caller, request: Message) -> str:
    method = METHODS[request.DESCRIPTOR.full_name]
    try:
        if method.server_streaming:
            async for _ in caller.open(request, timeout=20):
                pass
        else:
            await caller.ask(request)
    except grpc.aio.AioRpcError as error:
        return read_problem(error).reason
    return OK
