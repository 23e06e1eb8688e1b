"""Limits of a caller, and streams of callers whose rights change, in the frame around every method."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import grpc
import pytest

from modeldex.v1 import discovery_service_pb2 as pb
from modeldex_server.security import tokens
from modeldex_server.security.roles import Role
from unit.rpc.frame.conftest import Frame, Start
from unit.rpc.frame.test_frame import failure

GET = pb.GetModelRequest(id="acme/one")


def metadata(token: str) -> tuple[tuple[str, str], ...]:
    return (("authorization", f"Bearer {token}"),)


async def test_without_tokens_everybody_together_is_limited(start: Start) -> None:
    """quotas: all who may come in without saying who they are share what one may take."""
    frame = await start(calls_per_second=0.01)
    await frame.stub.GetModel(GET)
    code, reason, told = await failure(frame.stub.GetModel(GET))
    assert (code, reason, told["principal"]) == ("RESOURCE_EXHAUSTED", "RATE_LIMITED", "local")


async def test_a_limit_that_is_changed_holds_from_the_next_call_on(start: Start, tmp_path: Path) -> None:
    """quotas: the file of tokens is read again, and what was counted stays."""
    token = tokens.add(tmp_path / "tokens.toml", "ci", frozenset({Role.READER}), calls_per_second=0.01)
    frame = await start()
    await frame.stub.GetModel(GET, metadata=metadata(token))
    assert (await failure(frame.stub.GetModel(GET, metadata=metadata(token))))[1] == "RATE_LIMITED"
    file = tmp_path / "tokens.toml"
    file.write_text(file.read_text().replace("calls_per_second = 0.01", "calls_per_second = 0"))
    async with asyncio.timeout(30):
        while True:
            try:
                for _ in range(5):
                    await frame.stub.GetModel(GET, metadata=metadata(token))
            except grpc.aio.AioRpcError:
                await asyncio.sleep(0.05)
            else:
                return


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ('providers = ["acme"]', 'providers = ["acme", "openai"]', "ACCESS_CHANGED"),
        ('providers = ["acme"]\n', "", "ACCESS_CHANGED"),
        ('roles = ["admin"]', 'roles = ["writer"]', "PERMISSION_DENIED"),
        ('sha256 = "', 'sha256 = "0123456789abcdef', "UNAUTHENTICATED"),
        ('name = "ci"', 'name = "ci2"', None),
        ('roles = ["admin"]', 'roles = ["admin", "publisher"]', None),
        ('providers = ["acme"]', 'providers = ["acme"]\nmax_streams = 1', None),
    ],
)  # fmt: skip
async def test_a_stream_ends_if_and_only_if_its_caller_may_not_have_it_any_more(
    start: Start, tmp_path: Path, before: str, after: str, reason: str | None
) -> None:
    """provider rights: with the reason why; and whatever else changes of a principal, its streams go on."""
    file = tmp_path / "tokens.toml"
    token = tokens.add(file, "ci", frozenset({Role.ADMIN}), providers=frozenset({"acme"}))
    other = tokens.add(file, "other", frozenset({Role.ADMIN}))
    frame = await start()
    streams = [await _opened(frame, one) for one in (token, other)]
    text = file.read_text().replace(before, after, 1)
    file.write_text(_with_whole_digests(text))
    if reason is not None:
        assert (await failure(streams[0].read()))[1] == reason
        streams = streams[1:]
    else:
        await asyncio.sleep(2.5)  # longer than it takes to read the file again
    for stream in streams:
        assert not stream.done()
        stream.cancel()


async def test_a_stream_that_nobody_reads_ends_too(start: Start, tmp_path: Path) -> None:
    """provider rights: one that waits for its caller to read ends as soon as any other, and frees what it holds; the
    caller is told why behind what was sent."""
    file = tmp_path / "tokens.toml"
    token = tokens.add(file, "ci", frozenset({Role.ADMIN}))
    tokens.add(file, "other", frozenset({Role.ADMIN}))
    frame, ended, writes = await start(), asyncio.Event(), 0
    large = pb.RefreshProvidersResponse()
    large.result.errors.add(message="x" * 100_000)

    async def endless(request: pb.RefreshProvidersRequest, call: Any) -> None:
        nonlocal writes
        try:
            while True:
                await call.write(large)
                writes += 1
        finally:
            ended.set()

    frame.servicer.refresh = endless
    stream = frame.stub.RefreshProviders(pb.RefreshProvidersRequest(), metadata=metadata(token))
    await stream.read()
    before = -1
    while before != writes:  # until its caller's buffers are full
        before = writes
        await asyncio.sleep(0.3)
    tokens.remove(file, "ci")
    async with asyncio.timeout(30):
        await ended.wait()

    async def rest() -> None:
        while await stream.read() is not grpc.aio.EOF:
            pass

    assert (await failure(rest()))[1] == "UNAUTHENTICATED"


async def _opened(frame: Frame, token: str) -> Any:
    """A stream that has begun and lasts."""

    async def lasting(request: pb.RefreshProvidersRequest, call: Any) -> None:
        await call.write(pb.RefreshProvidersResponse())
        await asyncio.sleep(60)

    frame.servicer.refresh = lasting
    stream = frame.stub.RefreshProviders(pb.RefreshProvidersRequest(), metadata=metadata(token))
    await stream.read()
    return stream


def _with_whole_digests(text: str) -> str:
    """A digest that was changed has the length of one again."""
    lines = [line[:74] + '"' if line.startswith("sha256") else line for line in text.splitlines()]
    return "\n".join(lines)
