"""The frame around a servicer's method: what comes in, what is refused, and how each call ends."""

from __future__ import annotations

import asyncio
import gc
import os
import time
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.rpc import error_details_pb2, status_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from prometheus_client import generate_latest
from structlog.testing import capture_logs

from modeldex.v1 import discovery_service_pb2 as pb
from modeldex_server.errors import ModelNotFound, StartError
from modeldex_server.rpc.frame import wrap
from modeldex_server.security import tokens
from modeldex_server.security.roles import Role
from support.waiting import eventually
from unit.rpc.frame.conftest import Frame, Start

GET_MODEL = "/modeldex.v1.DiscoveryService/GetModel"


async def failure(call: Any) -> tuple[str, str, dict[str, str]]:
    """Code, reason and metadata of a call that fails."""
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await call
    packed = raised.value.trailing_metadata()["grpc-status-details-bin"]
    info = error_details_pb2.ErrorInfo()
    assert status_pb2.Status.FromString(packed).details[0].Unpack(info)
    return raised.value.code().name, info.reason, dict(info.metadata)


def raw(frame: Frame, path: str = GET_MODEL) -> Any:
    """A method called with bytes of the test's own."""
    return frame.channel.unary_unary(path)


async def test_an_answer_may_be_a_message_or_its_bytes(start: Start) -> None:
    frame = await start()
    assert (await frame.stub.GetModel(pb.GetModelRequest(id="a/b"))).model.id == "a/b"

    async def ready_bytes(request: Any, call: Any) -> bytes:
        return pb.GetModelResponse(revision=9).SerializeToString()

    frame.servicer.get_model = ready_bytes
    assert (await frame.stub.GetModel(pb.GetModelRequest(id="a/b"))).revision == 9


async def test_bytes_that_are_no_message_are_refused_as_malformed(start: Start) -> None:
    frame = await start()
    assert await failure(raw(frame)(b"\x0a\x02\xff\xfe")) == (
        "INVALID_ARGUMENT", "MALFORMED_REQUEST", {"message": "modeldex.v1.GetModelRequest"},
    )  # fmt: skip


async def test_a_request_over_the_limit_is_refused_with_both_sizes(start: Start) -> None:
    frame = await start()
    code, reason, metadata = await failure(raw(frame)(b"x" * (5 * 2**20)))
    assert (code, reason) == ("INVALID_ARGUMENT", "MESSAGE_TOO_LARGE")
    assert metadata == {"bytes": str(5 * 2**20), "limit_bytes": str(4 * 2**20)}


async def test_a_bad_field_is_refused_before_the_servicer_sees_it(start: Start) -> None:
    frame = await start()
    assert (await failure(frame.stub.GetModel(pb.GetModelRequest())))[:2] == ("INVALID_ARGUMENT", "INVALID_REQUEST")
    assert frame.servicer.principals == []


async def test_an_unknown_method_of_any_shape_is_unimplemented_with_its_reason(start: Start) -> None:
    frame = await start()
    path = "/modeldex.v1.DiscoveryService/GetModell"
    assert await failure(raw(frame, path)(b"")) == ("UNIMPLEMENTED", "METHOD_NOT_FOUND", {"method": path})


async def test_an_error_of_the_tree_reaches_the_caller_as_it_is(start: Start) -> None:
    frame = await start()

    async def missing(request: Any, call: Any) -> Any:
        raise ModelNotFound(request.id)

    frame.servicer.get_model = missing
    code, reason, metadata = await failure(frame.stub.GetModel(pb.GetModelRequest(id="a/b")))
    assert (code, reason, metadata["model_id"]) == ("NOT_FOUND", "MODEL_NOT_FOUND", "a/b")


async def test_a_fault_of_ours_tells_an_incident_and_nothing_else(start: Start) -> None:
    """Class names, SQL and paths stay in the log, under the incident's id."""
    frame = await start()

    async def broken(request: Any, call: Any) -> Any:
        raise ValueError("SELECT secret FROM /etc/passwd")

    frame.servicer.get_model = broken
    with capture_logs() as lines, pytest.raises(grpc.aio.AioRpcError) as raised:
        await frame.stub.GetModel(pb.GetModelRequest(id="a/b"))
    told = f"{raised.value.details()} {raised.value.trailing_metadata()}"
    assert raised.value.code() is grpc.StatusCode.INTERNAL
    assert not any(word in told for word in ("secret", "ValueError", "passwd"))
    incident = next(line for line in lines if line["event"] == "incident")
    assert incident["incident"] in told
    assert "SELECT secret" in str(incident["exc_info"])


async def test_a_call_without_a_deadline_ends_at_the_servers(start: Start) -> None:
    frame = await start(call_timeout=1)
    ended = asyncio.Event()

    async def stuck(request: Any, call: Any) -> Any:
        assert 0 < call.remaining() <= 1
        try:
            await asyncio.sleep(30)
        finally:
            ended.set()

    frame.servicer.get_model = stuck
    began = time.monotonic()
    code, reason, metadata = await failure(frame.stub.GetModel(pb.GetModelRequest(id="a/b")))
    assert (code, reason) == ("DEADLINE_EXCEEDED", "DEADLINE_EXCEEDED")
    assert 0 < int(metadata["limit_ms"]) <= 1000
    assert time.monotonic() - began < 20
    assert ended.is_set()


async def test_no_handler_outlives_the_deadline_of_its_caller(start: Start) -> None:
    frame = await start()
    ended = asyncio.Event()

    async def stuck(request: Any, call: Any) -> Any:
        try:
            await asyncio.sleep(30)
        finally:
            ended.set()

    frame.servicer.get_model = stuck
    with pytest.raises(grpc.aio.AioRpcError):
        await frame.stub.GetModel(pb.GetModelRequest(id="a/b"), timeout=1)
    await asyncio.wait_for(ended.wait(), 20)


async def test_a_caller_that_goes_away_ends_its_handler(start: Start) -> None:
    frame = await start()
    began, ended = asyncio.Event(), asyncio.Event()

    async def stuck(request: Any, call: Any) -> Any:
        began.set()
        try:
            await asyncio.sleep(30)
        finally:
            ended.set()

    frame.servicer.get_model = stuck
    call = frame.stub.GetModel(pb.GetModelRequest(id="a/b"))
    waiting = asyncio.ensure_future(began.wait())
    await asyncio.wait_for(waiting, 20)
    call.cancel()
    await asyncio.wait_for(ended.wait(), 20)


async def test_a_cancellation_that_nobody_asked_for_is_an_incident_not_a_call_without_end(start: Start) -> None:
    frame = await start()

    async def escaping(request: Any, call: Any) -> Any:
        raise asyncio.CancelledError

    frame.servicer.get_model = escaping
    got = await failure(frame.stub.GetModel(pb.GetModelRequest(id="a/b"), timeout=5))
    assert got[:2] == ("INTERNAL", "INTERNAL")


async def test_a_stream_sends_messages_and_bytes_in_order_and_ends(start: Start) -> None:
    frame = await start()

    async def two(request: Any, call: Any) -> None:
        await call.write(pb.RefreshProvidersResponse(revision=1))
        await call.write(pb.RefreshProvidersResponse(revision=2).SerializeToString())

    frame.servicer.refresh = two
    assert [one.revision async for one in frame.stub.RefreshProviders(pb.RefreshProvidersRequest())] == [1, 2]


async def test_a_stream_can_fail_after_its_first_message_with_a_reason(start: Start) -> None:
    frame = await start()

    async def failing(request: Any, call: Any) -> None:
        await call.write(pb.RefreshProvidersResponse(revision=1))
        raise ModelNotFound("a/b")

    frame.servicer.refresh = failing
    stream = frame.stub.RefreshProviders(pb.RefreshProvidersRequest())
    assert (await stream.read()).revision == 1
    assert (await failure(stream.read()))[1] == "MODEL_NOT_FOUND"


async def test_nothing_but_the_status_is_answered_before_the_catalogue_is_loaded(start: Start) -> None:
    frame = await start(ready=False)
    assert (await failure(frame.stub.GetModel(pb.GetModelRequest(id="a/b"))))[:2] == ("UNAVAILABLE", "NOT_READY")
    await frame.stub.GetStatus(pb.GetStatusRequest())
    frame.server.set_serving(True)
    await frame.stub.GetModel(pb.GetModelRequest(id="a/b"))


async def test_good_fast_reads_are_counted_and_not_logged_and_writes_are_logged_without_payload(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wrap, "_SLOW_SECONDS", 60.0)  # a read is fast here on whatever machine
    frame = await start()
    with capture_logs() as lines:
        await frame.stub.GetModel(pb.GetModelRequest(id="a/b"))
        await frame.stub.DeleteModel(pb.DeleteModelRequest(id="acme/one", reason="private words"))
    calls = [line for line in lines if line["event"] == "call"]
    assert [(line["method"], line["model_id"], line["principal"]) for line in calls] == [
        ("DiscoveryService.DeleteModel", "acme/one", "local")
    ]
    assert "private words" not in str(lines)
    text = generate_latest(frame.metrics.registry).decode()  # type: ignore[attr-defined]
    labels = 'code="OK",method="GetModel",service="modeldex.v1.DiscoveryService"'
    assert f"modeldex_calls_total{{{labels}}} 1.0" in text


async def test_health_is_not_serving_until_the_server_serves_and_tells_watchers(start: Start) -> None:
    frame = await start(ready=False)
    health = health_pb2_grpc.HealthStub(frame.channel)
    request = health_pb2.HealthCheckRequest(service="modeldex.v1.DiscoveryService")
    watch, leaver = health.Watch(request), health.Watch(request)
    assert (await watch.read()).status == health_pb2.HealthCheckResponse.NOT_SERVING
    await leaver.read()
    leaver.cancel()
    frame.server.set_serving(True)
    assert (await asyncio.wait_for(watch.read(), 30)).status == health_pb2.HealthCheckResponse.SERVING
    assert (await health.Check(health_pb2.HealthCheckRequest())).status == health_pb2.HealthCheckResponse.SERVING
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await health.Check(health_pb2.HealthCheckRequest(service="nobody"))
    assert raised.value.code() is grpc.StatusCode.NOT_FOUND


async def test_reflection_lists_the_services(start: Start) -> None:
    frame = await start()
    stub = reflection_pb2_grpc.ServerReflectionStub(frame.channel)
    stream = stub.ServerReflectionInfo()
    await stream.write(reflection_pb2.ServerReflectionRequest(list_services=""))
    names = {one.name for one in (await stream.read()).list_services_response.service}
    stream.cancel()
    assert {"modeldex.v1.DiscoveryService", "grpc.health.v1.Health"} <= names


async def test_with_tokens_callers_need_one_and_may_do_what_its_roles_allow(start: Start, tmp_path: Path) -> None:
    token = tokens.add(tmp_path / "tokens.toml", "ci", frozenset({Role.READER}))
    frame = await start()
    request = pb.GetModelRequest(id="a/b")
    for metadata in ((), (("authorization", "Bearer wrong"),), (("authorization", token),)):
        got = await failure(frame.stub.GetModel(request, metadata=metadata))
        assert got[:2] == ("UNAUTHENTICATED", "UNAUTHENTICATED")
    bearer = (("authorization", f"Bearer {token}"),)
    await frame.stub.GetModel(request, metadata=bearer)
    assert frame.servicer.principals == ["ci"]
    assert await failure(frame.stub.DeleteModel(pb.DeleteModelRequest(id="a/b"), metadata=bearer)) == (
        "PERMISSION_DENIED",
        "PERMISSION_DENIED",
        {"method": "DeleteModel", "principal": "ci", "roles": "reader", "required_role": "writer"},
    )
    reflection = reflection_pb2_grpc.ServerReflectionStub(frame.channel).ServerReflectionInfo()
    assert (await failure(reflection.read()))[1] == "UNAUTHENTICATED"
    await health_pb2_grpc.HealthStub(frame.channel).Check(health_pb2.HealthCheckRequest())


async def test_the_first_token_switches_identity_on_while_the_server_runs(start: Start, tmp_path: Path) -> None:
    frame = await start()
    await frame.stub.GetModel(pb.GetModelRequest(id="a/b"))
    tokens.add(tmp_path / "tokens.toml", "ci", frozenset({Role.READER}))

    async def is_on() -> bool:
        try:
            await frame.stub.GetModel(pb.GetModelRequest(id="a/b"))
        except grpc.aio.AioRpcError as error:
            return error.code() is grpc.StatusCode.UNAUTHENTICATED
        return False

    await eventually(is_on, "the file to be looked at")


async def test_another_address_than_loopback_needs_identity(start: Start) -> None:
    with pytest.raises(StartError, match="tokens add"):
        await start(listen="0.0.0.0:0")
    frame = await start(listen="0.0.0.0:0", insecure=True)
    assert not frame.address.endswith(":0")


async def test_a_port_in_use_is_told_in_one_line(start: Start) -> None:
    frame = await start()
    port = frame.address.rpartition(":")[2]
    for host in ("127.0.0.1", "localhost"):
        with pytest.raises(StartError, match="in use") as raised:
            await start(listen=f"{host}:{port}")
        assert "\n" not in str(raised.value)


async def test_a_server_without_reflection_has_none(start: Start) -> None:
    frame = await start(reflection=False)
    stream = reflection_pb2_grpc.ServerReflectionStub(frame.channel).ServerReflectionInfo()
    assert (await failure(stream.read()))[1] == "METHOD_NOT_FOUND"


@pytest.mark.parametrize("failing", ["missing", "invalid", "late", "unknown method"])
async def test_calls_that_failed_leave_nothing_behind(start: Start, failing: str) -> None:
    """A call that only the garbage collector can let go of counts as an open stream, of which there may be 1,000."""
    frame = await start()

    async def missing(request: Any, call: Any) -> Any:
        if request.id == "late":
            await asyncio.sleep(30)
        raise ModelNotFound(request.id)

    frame.servicer.get_model = missing
    request = pb.GetModelRequest(id="" if failing == "invalid" else failing).SerializeToString()
    method = raw(frame, "/no/method" if failing == "unknown method" else GET_MODEL)
    gc.collect()
    gc.disable()
    try:
        for _ in range(1100):
            with pytest.raises(grpc.aio.AioRpcError) as raised:
                await method(request, timeout=0.006 if failing == "late" else 5)
            assert raised.value.code() is not grpc.StatusCode.UNAVAILABLE
    finally:
        gc.enable()


def test_settings_of_the_machine_do_not_reach_the_tests() -> None:
    assert not [name for name in os.environ if name.startswith("MODELDEX_")]
