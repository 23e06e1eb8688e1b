"""Nobody answers, or the wrong one: one clear line each, in both halves."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
import trustme

from modeldex_client import AsyncClient, Client, ConnectionFailed, InvalidOption, ModeldexError
from support.ports import free_port
from unit.client import listeners

CA = trustme.CA()
_OPTIONS: dict[str, Any] = {"token": "", "timeout": 30.0}

Failure = Callable[..., Awaitable[ModeldexError]]


async def _sync_failure(target: str, **options: Any) -> ModeldexError:
    """What `models.get` of the sync half raises. In a thread: servers of the tests live in the loop."""

    def call() -> None:
        with Client(target, **_OPTIONS | options) as client:
            client.models.get("a/b")

    with pytest.raises(ModeldexError) as caught:
        await asyncio.to_thread(call)
    return caught.value


async def _async_failure(target: str, **options: Any) -> ModeldexError:
    async with AsyncClient(target, **_OPTIONS | options) as client:
        with pytest.raises(ModeldexError) as caught:
            await client.models.get("a/b")
    return caught.value


@pytest.fixture(params=[_sync_failure, _async_failure], ids=["sync", "async"])
def failure(request: pytest.FixtureRequest) -> Failure:
    return request.param  # type: ignore[no-any-return]


def check(error: ModeldexError, target: str, *words: str) -> None:
    """One line that names the target and says what to do, of the class for this, with gRPC's error as its cause."""
    assert type(error) is ConnectionFailed
    text = str(error)
    assert text.startswith(f"{target} cannot be reached: "), text
    assert text.endswith((".", "?"))
    assert "\n" not in text
    assert all(word in text for word in words), text
    assert not any(word in text for word in ("ipv4:", "SSL_ERROR", "UNKNOWN")), text
    assert error.reason == ""
    assert error.__cause__ is not None


async def test_nobody_listens(failure: Failure) -> None:
    target = f"localhost:{free_port()}"
    check(await failure(target), target, "the connection was refused", "modeldex serve", "MODELDEX_TARGET")


async def test_the_name_is_not_known(failure: Failure) -> None:
    target = "no-such-host.invalid:50051"
    check(await failure(target), target, "its name is not known here", "MODELDEX_TARGET")


async def test_the_port_is_50051_unless_told(failure: Failure) -> None:
    error = await failure("no-such-host.invalid")
    check(error, "no-such-host.invalid:50051", "its name is not known here")


@contextmanager
def _grpc_server(name: str = "", *, asks: bool = False) -> Iterator[str]:
    """A server of gRPC, with a certificate for a name where there is one, which may ask for the client's."""
    server = grpc.server(ThreadPoolExecutor(2))
    if name:
        own = CA.issue_cert(name)
        pair = (own.private_key_pem.bytes(), own.cert_chain_pems[0].bytes())
        port = server.add_secure_port(
            "localhost:0", grpc.ssl_server_credentials([pair], CA.cert_pem.bytes() if asks else None, asks)
        )
    else:
        port = server.add_insecure_port("localhost:0")
    server.start()
    yield f"localhost:{port}"
    server.stop(None)


@pytest.fixture
def ca(tmp_path: Path) -> Path:
    CA.cert_pem.write_to_path(tmp_path / "ca.pem")
    return tmp_path / "ca.pem"


async def test_the_server_speaks_tls_and_we_do_not(failure: Failure) -> None:
    with _grpc_server("localhost") as target:
        check(await failure(target), target, "hung up at once", "if it speaks TLS", "tls=True", "MODELDEX_TLS=1")


async def test_we_speak_tls_and_the_server_does_not(failure: Failure, ca: Path) -> None:
    with _grpc_server() as target:
        check(await failure(target, ca=ca), target, "does not speak TLS", "tls=False", "MODELDEX_TLS=0")


async def test_the_certificate_is_not_trusted(failure: Failure) -> None:
    with _grpc_server("localhost") as target:
        check(await failure(target, tls=True), target, "its certificate is not trusted here", "ca, MODELDEX_CA")


async def test_the_certificate_is_for_another_name(failure: Failure, ca: Path) -> None:
    with _grpc_server("catalogue.example.org") as target:
        check(await failure(target, ca=ca), target, "its certificate is for another name")


async def test_the_server_asks_for_a_certificate(failure: Failure, ca: Path) -> None:
    with _grpc_server("localhost", asks=True) as target:
        check(await failure(target, ca=ca), target, "hung up in the TLS handshake", "MODELDEX_CERTIFICATE")


@pytest.mark.parametrize("talk", [listeners.http1_page, listeners.other_protocol, listeners.http2_page("502")])
async def test_what_answers_is_no_grpc_server(failure: Failure, talk: listeners.Talk) -> None:
    with listeners.listener(talk) as target:
        check(await failure(target), target, "what answers there is no gRPC server", "correct the target, or the proxy")


@pytest.mark.parametrize("status", ["200", "302", "400", "404", "429", "503", "504"])
async def test_a_page_by_http2_is_no_answer_whatever_its_status(status: str) -> None:
    with listeners.listener(listeners.http2_page(status)) as target:
        check(await _sync_failure(target), target, "what answers there is no gRPC server")


@pytest.mark.parametrize("status", ["401", "403"])
async def test_a_proxy_that_refuses_is_named(status: str) -> None:
    """These may well mean the token, but it was no server of modeldex that said so."""
    with listeners.listener(listeners.http2_page(status)) as target:
        check(await _sync_failure(target), target, "what answers there is no gRPC server", f"status: {status}")


async def test_a_proxy_of_the_environment_that_refuses_is_named(
    failure: Failure, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listeners.listener(listeners.refusing_proxy) as proxy:
        monkeypatch.setenv("http_proxy", f"http://{proxy}")
        check(await failure("example.com:50051"), "example.com:50051", "HTTP proxy", "403", "no_proxy")


async def test_nobody_speaks_before_the_deadline(failure: Failure) -> None:
    with listeners.listener(listeners.silent) as target:
        check(await failure(target, timeout=0.3), target, "no connection came about within 0.3 s", "firewall")


async def test_it_hangs_up(failure: Failure) -> None:
    with listeners.listener(listeners.hangs_up) as target:
        check(await failure(target), target, "hung up at once")


@pytest.mark.parametrize("target", ["http://localhost:50051", "local host:1", "localhost:http", "a/b", "user@host:1"])
def test_a_target_that_is_none_is_told_before_any_call(target: str) -> None:
    with pytest.raises(InvalidOption, match="HOST:PORT"):
        Client(target)
