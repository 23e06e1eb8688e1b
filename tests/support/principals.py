"""Principals of a test's server: a file of tokens as an administrator writes it, and callers that show one."""

from __future__ import annotations

import importlib
import json
import pkgutil
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
from google.protobuf.descriptor import Descriptor, MethodDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

import modeldex.v1
from modeldex_server.security import tokens
from support.watching import Recorder


class TokensFile:
    """Principals with tokens that stay while their rights change."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._rows: dict[str, dict[str, Any]] = {}

    def add(self, name: str, *roles: str, **rights: Any) -> str:
        """Adds a principal; its token. `rights` are keys of the file, for example providers=["acme"]."""
        token = tokens.new_token()
        self._rows[name] = {"name": name, "roles": list(roles), "sha256": tokens.digest(token)}
        self.change(name, **rights)
        return token

    def change(self, name: str, **rights: Any) -> None:
        """Gives a principal other rights; None takes a key out."""
        row = self._rows[name] | rights
        self._rows[name] = {key: value for key, value in row.items() if value is not None}
        self._write()

    def remove(self, name: str) -> None:
        """Takes a principal out."""
        del self._rows[name]
        self._write()

    def _write(self) -> None:
        # JSON's strings, numbers and lists are TOML's, too.
        lines = [
            "\n".join(["[[principal]]", *(f"{key} = {json.dumps(value)}" for key, value in row.items())])
            for row in self._rows.values()
        ]
        self.path.parent.mkdir(parents=True, exist_ok=True)
        beside = self.path.with_name(f"{self.path.name}.{secrets.token_hex(4)}")
        beside.write_text("\n\n".join(lines))
        beside.replace(self.path)


def _methods() -> Iterator[MethodDescriptor]:
    for module in pkgutil.iter_modules(modeldex.v1.__path__):
        if module.name.endswith("_service_pb2"):
            file = importlib.import_module(f"modeldex.v1.{module.name}").DESCRIPTOR
            for service in file.services_by_name.values():
                yield from service.methods


# Every method of the contract, by the type of its requests.
METHODS = {method.input_type.full_name: method for method in _methods()}


@dataclass(frozen=True)
class Caller:
    """One that shows a token with each call, if it has one. The type of a request says which method is called."""

    channel: grpc.aio.Channel
    token: str = ""

    async def ask(self, request: Message, *, timeout: float = 20) -> Any:
        """The answer of a method with one."""
        path, answer = _ends(request)
        call = self.channel.unary_unary(path, type(request).SerializeToString, answer)
        return await call(request, timeout=timeout, metadata=self._metadata)

    def open(self, request: Message, *, timeout: float | None = None) -> Any:
        """The call of a method with a stream of answers, which nobody reads yet."""
        path, answer = _ends(request)
        call = self.channel.unary_stream(path, type(request).SerializeToString, answer)
        return call(request, timeout=timeout, metadata=self._metadata)

    @asynccontextmanager
    async def recorded(self, request: Message) -> AsyncIterator[Recorder]:
        """A stream that is read from now on, and left at the end of the block."""
        recorder = Recorder(self.open(request))
        try:
            yield recorder
        finally:
            await recorder.leave()

    @property
    def _metadata(self) -> tuple[tuple[str, str], ...]:
        return (("authorization", f"Bearer {self.token}"),) if self.token else ()


@asynccontextmanager
async def own_channel(address: str, token: str) -> AsyncIterator[Caller]:
    """A caller with a channel of its own, on which nothing is tried again."""
    options = (("grpc.use_local_subchannel_pool", 1), ("grpc.enable_retries", 0))
    async with grpc.aio.insecure_channel(address, options=options) as channel:
        yield Caller(channel, token)


def message_of(kind: Descriptor, data: bytes) -> Any:
    """A message of a type by its bytes."""
    return GetMessageClass(kind).FromString(data)


def _ends(request: Message) -> tuple[str, Any]:
    """The path of a method, and what reads its answers."""
    method = METHODS[request.DESCRIPTOR.full_name]
    return f"/{method.containing_service.full_name}/{method.name}", GetMessageClass(method.output_type).FromString
