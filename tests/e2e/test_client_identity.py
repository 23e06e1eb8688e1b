"""Who calls: tokens and certificates of the Python client, against a server that asks for them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import trustme

from modeldex_client import Client, ConnectionFailed, PermissionDenied, Unauthenticated
from modeldex_server.security import tokens
from modeldex_server.security.roles import Role
from modeldex_server.store.embedded import EmbeddedServer
from support.databases import empty_database
from support.models import new_id, plain
from support.servers import ServerProcess
from unit.client.servers import Use, ask_async, ask_sync

Ask = Callable[..., Awaitable[Any]]


@dataclass(frozen=True)
class Guarded:
    """A server with TLS that knows a reader by token, and a writer by token and certificate."""

    target: str
    reader: str
    writer: str
    ca: Path
    certificate: Path
    key: Path


@pytest.fixture(scope="module")
def guarded(postgres: EmbeddedServer, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    folder = tmp_path_factory.mktemp("guarded")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    for name, identity in (("server", "localhost"), ("client", "writer.example.org")):
        issued = authority.issue_cert(identity)
        issued.cert_chain_pems[0].write_to_path(folder / f"{name}.pem")
        issued.private_key_pem.write_to_path(folder / f"{name}.key")
    file = folder / "tokens.toml"
    reader = tokens.add(file, "reader", frozenset({Role.READER}))
    writer = tokens.add(file, "writer", frozenset({Role.WRITER}), certificate="writer.example.org")
    settings = {
        "MODELDEX_TLS_CERTIFICATE": str(folder / "server.pem"),
        "MODELDEX_TLS_KEY": str(folder / "server.key"),
        "MODELDEX_TLS_CLIENT_CA": str(folder / "ca.pem"),
        "MODELDEX_TOKENS_FILE": str(file),
    }
    with (
        empty_database(postgres, template) as url,
        ServerProcess(folder / "server", database_url=url, settings=settings, listen="localhost:0") as server,
    ):
        address = server.start().address
        target = "localhost:" + address.rpartition(":")[2]
        yield Guarded(target, reader, writer, folder / "ca.pem", folder / "client.pem", folder / "client.key")


@pytest.fixture(params=[ask_sync, ask_async], ids=["sync", "async"])
def ask(request: pytest.FixtureRequest, guarded: Guarded) -> Ask:
    """Asks with the certificates of the test, unless told otherwise."""
    files = {"ca": guarded.ca, "certificate": guarded.certificate, "key": guarded.key}
    return lambda use, **options: request.param(guarded.target, use, **files | options)


def save(client: Any) -> Any:
    return client.models.save(plain(new_id()))


def look(client: Any) -> Any:
    return client.models.stats()


async def test_a_certificate_says_who_calls(ask: Ask) -> None:
    assert (await ask(save)).model.version == 1


async def test_a_token_says_who_calls_before_a_certificate(ask: Ask, guarded: Guarded) -> None:
    assert (await ask(look, token=guarded.reader)).revision >= 0
    with pytest.raises(PermissionDenied) as caught:
        await ask(save, token=guarded.reader)
    assert caught.value.metadata["required_role"] == "writer"
    assert caught.value.metadata["principal"] == "reader"


@pytest.mark.parametrize("use", [look, save, lambda client: client.providers.refresh_all()])
async def test_a_token_that_is_not_valid_is_told_without_being_shown(ask: Ask, use: Use) -> None:
    with pytest.raises(Unauthenticated) as caught:
        await ask(use, token="mdx_wrong_and_secret")
    assert caught.value.reason == "UNAUTHENTICATED"
    assert "\n" not in str(caught.value)
    assert "wrong_and_secret" not in f"{caught.value!r}{caught.value.__cause__}"


async def test_without_a_certificate_there_is_no_connection(ask: Ask) -> None:
    with pytest.raises(ConnectionFailed, match="MODELDEX_CERTIFICATE"):
        await ask(look, certificate="", key="")


async def test_a_certificate_of_a_stranger_is_not_let_in(ask: Ask, tmp_path: Path) -> None:
    issued = trustme.CA().issue_cert("writer.example.org")
    issued.cert_chain_pems[0].write_to_path(tmp_path / "client.pem")
    issued.private_key_pem.write_to_path(tmp_path / "client.key")
    with pytest.raises(ConnectionFailed):
        await ask(look, certificate=tmp_path / "client.pem", key=tmp_path / "client.key")


def test_the_environment_is_enough(guarded: Guarded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODELDEX_TARGET", guarded.target)
    monkeypatch.setenv("MODELDEX_TOKEN", guarded.writer)
    monkeypatch.setenv("MODELDEX_CA", str(guarded.ca))
    monkeypatch.setenv("MODELDEX_CERTIFICATE", str(guarded.certificate))
    monkeypatch.setenv("MODELDEX_KEY", str(guarded.key))
    with Client() as client:
        assert save(client).changed
