"""Servers of gRPC that answer as a test says, for what no server of modeldex does on demand; callers of both halves."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import grpc
from google.protobuf.message_factory import GetMessageClass

from modeldex.v1 import cache_service_pb2, discovery_service_pb2, history_service_pb2, subscriber_service_pb2
from modeldex_client import AsyncClient, Client

_SERVICES = {
    method: service
    for file in (cache_service_pb2, discovery_service_pb2, history_service_pb2, subscriber_service_pb2)
    for service in file.DESCRIPTOR.services_by_name.values()
    for method in service.methods_by_name
}

Use = Callable[[Any], Any]


@contextmanager
def serving(**methods: Callable[[Any, grpc.ServicerContext], Any]) -> Iterator[str]:
    """A server with these methods and no others: it is older than the client. Gives the address."""
    server = grpc.server(ThreadPoolExecutor(8))
    for name, method in methods.items():
        handlers = {name: _handler(name, method)}
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(_SERVICES[name].full_name, handlers),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(None).wait()


def _handler(name: str, method: Callable[[Any, grpc.ServicerContext], Any]) -> grpc.RpcMethodHandler[Any, Any]:
    described = _SERVICES[name].methods_by_name[name]
    request: Any = GetMessageClass(described.input_type)
    make = grpc.unary_stream_rpc_method_handler if described.server_streaming else grpc.unary_unary_rpc_method_handler
    return make(method, request.FromString, lambda answer: answer.SerializeToString())


async def ask_sync(target: str, use: Use, **options: Any) -> Any:
    """What a use of the sync client gives; a list, where it is iterated. In a thread, as servers may need the loop."""

    def run() -> Any:
        with Client(target, **{"token": "", **options}) as client:
            value = use(client)
            return list(value) if hasattr(value, "__iter__") else value

    return await asyncio.to_thread(run)


async def ask_async(target: str, use: Use, **options: Any) -> Any:
    """The same of the async client."""
    async with AsyncClient(target, **{"token": "", **options}) as client:
        value = use(client)
        if hasattr(value, "__aiter__"):
            return [item async for item in value]
        return await value if inspect.isawaitable(value) else value
