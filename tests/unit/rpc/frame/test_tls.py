"""TLS from files: the server is known by its certificate, and with a client authority so is the caller."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import grpc
import pytest
import trustme

from modeldex.v1 import discovery_service_pb2 as pb
from modeldex.v1 import discovery_service_pb2_grpc
from modeldex.v1.history_pb2 import AUTHENTICATION_CERTIFICATE
from modeldex_server.errors import StartError
from modeldex_server.security import tokens
from modeldex_server.security.roles import Role
from unit.rpc.frame.conftest import Frame, Start
from unit.rpc.frame.test_frame import failure

CA = trustme.CA()


def _files(folder: Path) -> dict[str, Path]:
    """The settings of a server with a certificate for localhost."""
    certificate = CA.issue_cert("localhost")
    certificate.cert_chain_pems[0].write_to_path(folder / "server.pem")
    certificate.private_key_pem.write_to_path(folder / "server.key")
    return {"tls_certificate": folder / "server.pem", "tls_key": folder / "server.key"}


def _client(frame: Frame, identity: str | None = None) -> grpc.aio.Channel:
    """A channel that trusts the authority, with a certificate of this name."""
    own = CA.issue_cert(identity) if identity else None
    credentials = grpc.ssl_channel_credentials(
        CA.cert_pem.bytes(),
        own.private_key_pem.bytes() if own else None,
        own.cert_chain_pems[0].bytes() if own else None,
    )
    return grpc.aio.secure_channel(frame.address, credentials, [("grpc.ssl_target_name_override", "localhost")])


def _get(channel: grpc.aio.Channel) -> Any:
    stub: Any = discovery_service_pb2_grpc.DiscoveryServiceStub(channel)
    return stub.GetModel(pb.GetModelRequest(id="a/b"), timeout=5)


async def test_a_server_with_a_certificate_speaks_tls_and_nothing_else(start: Start, tmp_path: Path) -> None:
    frame = await start(**_files(tmp_path))
    async with _client(frame) as channel:
        assert (await _get(channel)).model.id == "a/b"
    with pytest.raises(grpc.aio.AioRpcError):
        await _get(frame.channel)  # in plain text


async def test_a_renewed_certificate_is_used_without_a_restart(start: Start, tmp_path: Path) -> None:
    frame = await start(**_files(tmp_path))
    other = trustme.CA()
    renewed = other.issue_cert("localhost")
    renewed.private_key_pem.write_to_path(tmp_path / "server.key")
    renewed.cert_chain_pems[0].write_to_path(tmp_path / "server.pem")
    credentials = grpc.ssl_channel_credentials(other.cert_pem.bytes())
    options = [("grpc.ssl_target_name_override", "localhost")]
    async with grpc.aio.secure_channel(frame.address, credentials, options) as channel:
        await _get(channel)


async def test_a_client_certificate_says_who_calls_and_a_name_without_entry_is_nobody(
    start: Start, tmp_path: Path
) -> None:
    CA.cert_pem.write_to_path(tmp_path / "clients.pem")
    tokens.add(tmp_path / "tokens.toml", "ci", frozenset({Role.READER}), certificate="ci.example.org")
    frame = await start(**_files(tmp_path), tls_client_ca=tmp_path / "clients.pem")
    async with _client(frame, "ci.example.org") as channel:
        await _get(channel)
        assert frame.servicer.principals == ["ci"]
        stub: Any = discovery_service_pb2_grpc.DiscoveryServiceStub(channel)
        assert (await failure(stub.DeleteModel(pb.DeleteModelRequest(id="a/b"))))[1] == "PERMISSION_DENIED"
    (refused,) = frame.trail.attempts
    assert (refused.origin.principal, refused.origin.authentication) == ("ci", AUTHENTICATION_CERTIFICATE)
    async with _client(frame, "stranger.example.org") as channel:
        assert (await failure(_get(channel)))[:2] == ("UNAUTHENTICATED", "UNAUTHENTICATED")
    async with _client(frame) as channel:
        with pytest.raises(grpc.aio.AioRpcError):
            await _get(channel)


async def test_a_stream_of_a_certificate_ends_when_its_rights_change(start: Start, tmp_path: Path) -> None:
    """provider rights: who a certificate names is looked up again, as who a token names is."""
    CA.cert_pem.write_to_path(tmp_path / "clients.pem")
    file, role = tmp_path / "tokens.toml", frozenset({Role.ADMIN})
    for name in ("ci", "other"):
        tokens.add(file, name, role, certificate=f"{name}.example.org", providers=frozenset({"acme"}))
    frame = await start(**_files(tmp_path), tls_client_ca=tmp_path / "clients.pem")

    async def lasting(request: pb.RefreshProvidersRequest, call: Any) -> None:
        await call.write(pb.RefreshProvidersResponse())
        await asyncio.sleep(60)

    frame.servicer.refresh = lasting
    async with _client(frame, "ci.example.org") as channel, _client(frame, "other.example.org") as other:
        stubs: list[Any] = [discovery_service_pb2_grpc.DiscoveryServiceStub(one) for one in (channel, other)]
        streams = [stub.RefreshProviders(pb.RefreshProvidersRequest()) for stub in stubs]
        for stream in streams:
            await stream.read()
        file.write_text(file.read_text().replace('providers = ["acme"]', 'providers = ["acme", "openai"]', 1))
        assert (await failure(streams[0].read()))[1] == "ACCESS_CHANGED"
        assert not streams[1].done()


async def test_a_file_that_is_not_there_is_told_in_one_line(start: Start, tmp_path: Path) -> None:
    with pytest.raises(StartError, match="cannot be read"):
        await start(tls_certificate=tmp_path / "none.pem", tls_key=tmp_path / "none.key")
