"""Server reflection: how tools such as grpcurl learn what a server can do. Needs the role reader.

grpcio has the protocol v1alpha only; v1, which newer tools try first, has the same bytes under another name.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Any

import grpc
from grpc_reflection.v1alpha import reflection_pb2 as pb
from grpc_reflection.v1alpha._async import ReflectionServicer

from modeldex_server.errors import ModeldexError, PermissionDenied
from modeldex_server.rpc.frame.credentials import Context, principal_of
from modeldex_server.rpc.frame.ending import end
from modeldex_server.rpc.frame.handlers import Handlers
from modeldex_server.rpc.frame.status import Refusal, refusal
from modeldex_server.security.identity import Identity
from modeldex_server.security.roles import Role

_SERVICES = ("grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection")
_METHOD = "ServerReflectionInfo"


class Reflection:
    """Reflection of the named services."""

    def __init__(self, services: Iterable[str], identity: Identity) -> None:
        self._answers = ReflectionServicer([*services, *_SERVICES])
        self._identity = identity
        self._tasks: set[asyncio.Task[Any]] = set()

    def handlers(self) -> Handlers:
        """What gRPC calls, by the path of the method."""
        handler = grpc.stream_stream_rpc_method_handler(
            self._info,
            request_deserializer=pb.ServerReflectionRequest.FromString,
            response_serializer=pb.ServerReflectionResponse.SerializeToString,
        )
        return {f"/{service}/{_METHOD}": handler for service in _SERVICES}

    def end(self) -> None:
        """Ends all streams: a tool that keeps one open must not hold up a drain."""
        for task in self._tasks:
            task.cancel()

    async def _info(self, requests: AsyncIterator[pb.ServerReflectionRequest], context: Context) -> None:
        if (refused := self._refused(context)) is not None:
            aborting = context.abort(refused.code, refused.message, refused.trailers)
            del context, requests
            await end(aborting)
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            async for answer in self._answers.ServerReflectionInfo(requests, context):
                await context.write(answer)
        finally:
            self._tasks.discard(task)

    def _refused(self, context: Context) -> Refusal | None:
        identity = self._identity
        try:
            principal = principal_of(context, identity) if identity.required else identity.local
        except ModeldexError as error:
            return refusal(error)
        if Role.READER in principal.permissions:
            return None
        return refusal(PermissionDenied(_METHOD, principal.name, sorted(principal.roles), Role.READER))
