"""Handlers by the path of their method, registered with gRPC as one generic handler.

grpcio's accept loop pays for every *registered* method with each call, and generated code registers them all; so its
functions are given a shim that takes the handlers and registers nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import grpc

Handlers = dict[str, "grpc.RpcMethodHandler[Any, Any]"]


class _Shim:
    """Stands in for a server while generated code adds a servicer to it."""

    def __init__(self) -> None:
        self.handlers: Handlers = {}

    def add_generic_rpc_handlers(self, handlers: object) -> None:
        """They come again below, by name."""

    def add_registered_method_handlers(self, service: str, handlers: Mapping[str, Any]) -> None:
        self.handlers.update({f"/{service}/{name}": handler for name, handler in handlers.items()})


def captured(add_to_server: Callable[[Any, Any], None], servicer: object) -> Handlers:
    """The handlers that a generated add_..._to_server would register."""
    shim = _Shim()
    add_to_server(servicer, shim)
    return shim.handlers


class Router(grpc.GenericRpcHandler):
    """Finds the handler of a call; `missing` makes one for a path that has none."""

    def __init__(self, handlers: Handlers, missing: Callable[[str], grpc.RpcMethodHandler[Any, Any]]) -> None:
        self._handlers = handlers
        self._missing = missing

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler[Any, Any]:
        """What gRPC asks with each call."""
        path = handler_call_details.method
        return self._handlers.get(path) or self._missing(path)
