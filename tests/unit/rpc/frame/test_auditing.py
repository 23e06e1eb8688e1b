"""What the frame keeps of each call that writes, or tries to: a real server with a trail in memory."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import grpc
import pytest

from modeldex.v1 import discovery_service_pb2 as pb
from modeldex.v1 import history_pb2, model_pb2
from modeldex_server.errors import ModelNotFound
from modeldex_server.security import origin, tokens
from modeldex_server.security.roles import Role
from support.models import plain
from support.waiting import eventually
from unit.rpc.frame.conftest import Frame, Start

_SAVE = "/modeldex.v1.DiscoveryService/SaveModel"


def _saving(model_id: str = "acme/one", **fields: Any) -> pb.SaveModelRequest:
    return pb.SaveModelRequest(model=plain(model_id), **fields)


def _kept(frame: Frame) -> list[tuple[str, str, str]]:
    return [(one.origin.principal, one.method, one.outcome) for one in frame.trail.attempts]


async def _fails(call: Any) -> None:
    with pytest.raises(grpc.aio.AioRpcError):
        await call


async def test_a_call_that_nobody_wrote_a_row_for_has_one(start: Start) -> None:
    """audit complete: what it was about, and in whose words, is taken from its request."""
    frame = await start()
    await frame.stub.SaveModel(_saving(request_id="r1", reason="because"))
    (kept,) = frame.trail.attempts
    assert (kept.method, kept.outcome, kept.resource, kept.provider_id) == ("SaveModel", "done", "acme/one", "acme")
    assert (kept.request_id, kept.reason) == ("r1", "because")
    assert kept.origin.authentication == history_pb2.AUTHENTICATION_LOCAL
    assert kept.origin.peer.startswith("ipv4:127.0.0.1:")


async def test_reads_have_none(start: Start) -> None:
    """audit complete: only what changes something does."""
    frame = await start()
    await frame.stub.GetModel(pb.GetModelRequest(id="a/b"))
    await _fails(frame.stub.ListModels(pb.ListModelsRequest(page_size=-1)))
    assert frame.trail.attempts == []


async def test_whoever_writes_the_row_says_so(start: Start) -> None:
    """audit complete: then the frame writes none, whether the call went well or not; not of another's row."""
    frame = await start()

    async def save(request: Any, call: Any) -> pb.SaveModelResponse:
        origin.audited(request.reason)
        if request.request_id:
            raise ModelNotFound("acme/one")
        return pb.SaveModelResponse()

    frame.servicer.save_model = save
    await frame.stub.SaveModel(_saving(reason="local"))
    await _fails(frame.stub.SaveModel(_saving(reason="local", request_id="r1")))
    assert _kept(frame) == []
    await frame.stub.SaveModel(_saving(reason="somebody else"))
    assert _kept(frame) == [("local", "SaveModel", "done")]


async def test_what_was_done_before_changed_nothing(start: Start) -> None:
    """audit complete: an answer given again has a row of its own."""
    frame = await start()

    async def save(request: Any, call: Any) -> pb.SaveModelResponse:
        origin.replayed("local")
        return pb.SaveModelResponse()

    frame.servicer.save_model = save
    await frame.stub.SaveModel(_saving())
    assert _kept(frame) == [("local", "SaveModel", "unchanged")]


async def test_a_refused_call_is_kept_before_its_caller_is_told(start: Start, tmp_path: Path) -> None:
    """audit complete: whatever it was refused for, and whatever could be known of it by then."""
    writer = tokens.add(tmp_path / "tokens.toml", "will", frozenset({Role.WRITER}))
    reader = tokens.add(tmp_path / "tokens.toml", "rita", frozenset({Role.READER}))
    frame = await start(max_request_bytes=64 * 1024)
    raw = frame.channel.unary_unary(_SAVE)
    request = _saving().SerializeToString()
    large = _saving(reason="x" * 70_000).SerializeToString()
    for token, data in (
        (None, request),
        ("wrong", request),
        (reader, request),
        (writer, b"\xff"),
        (writer, pb.SaveModelRequest().SerializeToString()),
        (writer, large),
    ):
        await _fails(raw(data, metadata=(("authorization", f"Bearer {token}"),) if token else ()))
    assert [(*kept, one.resource) for kept, one in zip(_kept(frame), frame.trail.attempts, strict=True)] == [
        ("", "SaveModel", "UNAUTHENTICATED", "acme/one"),
        ("", "SaveModel", "UNAUTHENTICATED", "acme/one"),
        ("rita", "SaveModel", "PERMISSION_DENIED", "acme/one"),
        ("will", "SaveModel", "MALFORMED_REQUEST", ""),
        ("will", "SaveModel", "INVALID_REQUEST", ""),
        ("will", "SaveModel", "MESSAGE_TOO_LARGE", ""),
    ]
    none, token = history_pb2.AUTHENTICATION_NONE, history_pb2.AUTHENTICATION_TOKEN
    assert [one.origin.authentication for one in frame.trail.attempts] == [none, none, *[token] * 4]


async def test_what_the_trail_does_not_admit_is_refused_all_the_same(start: Start) -> None:
    """audit complete: the trail decides what has a row; callers hear of what they did."""
    frame = await start(ready=False)
    frame.trail.closed.add("NOT_READY")
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await frame.stub.SaveModel(_saving())
    assert refused.value.code() == grpc.StatusCode.UNAVAILABLE
    assert frame.trail.attempts == []


async def test_texts_of_a_request_that_no_rule_was_asked_about_are_made_harmless(start: Start) -> None:
    """audit complete: neither its length nor its characters keep a refusal out of the trail."""
    frame = await start()
    request = pb.SaveModelRequest(model=model_pb2.Model(id="acme/\0" + "é" * 5000), reason="\0" * 5000)
    await _fails(frame.stub.SaveModel(request))
    (kept,) = frame.trail.attempts
    assert kept.outcome == "INVALID_REQUEST"
    assert "\0" not in kept.resource + kept.reason
    assert len(kept.resource.encode()) <= 512
    assert len(kept.reason.encode()) <= 1024


async def test_a_stream_that_writes_has_a_row_at_its_end(start: Start) -> None:
    """audit complete: one, however many answers it has; also where it was refused."""
    frame = await start()

    async def refresh(request: Any, call: Any) -> None:
        for _ in range(3):
            await call.write(pb.RefreshProvidersResponse())

    frame.servicer.refresh = refresh
    assert (
        len([one async for one in frame.stub.RefreshProviders(pb.RefreshProvidersRequest(provider_ids=["b", "a"]))])
        == 3
    )
    with pytest.raises(grpc.aio.AioRpcError):
        _ = [one async for one in frame.stub.RefreshProviders(pb.RefreshProvidersRequest(provider_ids=[""]))]
    assert [(one.outcome, one.resource) for one in frame.trail.attempts] == [("done", "b, a"), ("INVALID_REQUEST", "")]


@pytest.mark.parametrize("outcome", ["CANCELLED", "DEADLINE_EXCEEDED"])
@pytest.mark.parametrize(
    ("came_of_it", "kept"),
    [
        ("a row", []),
        ("done", ["done"]),
        ("done before", ["unchanged"]),
        ("refused", ["MODEL_NOT_FOUND"]),
        ("broken", [None]),
    ],
)
async def test_of_what_goes_on_without_its_caller_the_row_says_what_came_of_it(
    start: Start, came_of_it: str, kept: list[str | None], outcome: str
) -> None:
    """audit complete: of a caller that left, or was told that time is up, nothing is kept before it is known what came
    of its write; and nothing at all where that has written the row itself."""
    frame = await start(call_timeout=1 if outcome == "DEADLINE_EXCEEDED" else 30)
    begun, left, ends, over = asyncio.Event(), asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def commit() -> None:
        begun.set()
        await ends.wait()
        over.set()
        if came_of_it == "a row":
            origin.audited("local")
        if came_of_it == "done before":
            origin.replayed("local")
        if came_of_it == "refused":
            raise ModelNotFound("acme/one")
        if came_of_it == "broken":
            raise RuntimeError

    async def save(request: Any, call: Any) -> pb.SaveModelResponse:
        try:
            await origin.carried_through("local", commit())
        except asyncio.CancelledError:
            left.set()
            raise
        return pb.SaveModelResponse()

    frame.servicer.save_model = save
    call = frame.stub.SaveModel(_saving())
    await asyncio.wait_for(begun.wait(), 10)
    if outcome == "CANCELLED":
        call.cancel()
    else:
        await _fails(call)
    await asyncio.wait_for(left.wait(), 10)
    assert _kept(frame) == []
    ends.set()
    await asyncio.wait_for(over.wait(), 10)
    if kept:

        async def has_a_row() -> bool:
            return bool(_kept(frame))

        await eventually(has_a_row, "the row")
    await asyncio.sleep(0.1)
    assert _kept(frame) == [("local", "SaveModel", one or outcome) for one in kept]


async def test_a_call_past_its_deadline_has_one_row(start: Start) -> None:
    """audit complete: with the reason that its caller was told."""
    frame = await start(call_timeout=0.2)

    async def save(request: Any, call: Any) -> pb.SaveModelResponse:
        await asyncio.sleep(30)
        return pb.SaveModelResponse()

    frame.servicer.save_model = save
    await _fails(frame.stub.SaveModel(_saving()))
    assert _kept(frame) == [("local", "SaveModel", "DEADLINE_EXCEEDED")]
