"""The client: one server, its models, its providers, its discovery."""

from __future__ import annotations

from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Self

import grpc.aio

from modeldex.v1 import discovery_service_pb2_grpc, provider_service_pb2_grpc
from modeldex_client import _options
from modeldex_client._async.calling import AsyncCaller
from modeldex_client._async.discovery import AsyncDiscovery
from modeldex_client._async.models import AsyncModels
from modeldex_client._async.providers import AsyncProviders

if TYPE_CHECKING:
    from pathlib import Path

    from modeldex.v1.discovery_service_pb2_grpc import DiscoveryServiceAsyncStub
    from modeldex.v1.provider_service_pb2_grpc import ProviderServiceAsyncStub


class AsyncStubs:
    """The generated stubs on the client's channel, for what the client does not wrap.

    They raise gRPC's own errors and send neither the token nor a deadline.
    """

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self.discovery: DiscoveryServiceAsyncStub = discovery_service_pb2_grpc.DiscoveryServiceStub(channel)
        self.providers: ProviderServiceAsyncStub = provider_service_pb2_grpc.ProviderServiceStub(channel)


class AsyncClient:
    """A client of one modeldex server, or of several behind one name.

    It connects with the first call, and again when the connection is lost. All tasks of one event loop may use it.
    """

    def __init__(
        self,
        target: str | None = None,
        *,
        token: str | None = None,
        tls: bool | None = None,
        ca: str | Path | None = None,
        certificate: str | Path | None = None,
        key: str | Path | None = None,
        timeout: float = 10.0,
    ) -> None:
        """What is None comes from the environment, and from the defaults where that does not say it either.

        Args:
            target: "HOST:PORT", or another target of gRPC. MODELDEX_TARGET; "localhost:50051".
            token: Says who calls. MODELDEX_TOKEN; none.
            tls: Whether the server speaks TLS. MODELDEX_TLS ("1" or "0"); True where one of the files is named.
            ca: A PEM file of the authorities to trust. MODELDEX_CA; those of the system.
            certificate: A PEM file of the client's own certificate (mTLS). MODELDEX_CERTIFICATE; none.
            key: A PEM file of its private key. MODELDEX_KEY; none.
            timeout: The limit of a call that names none, in seconds.

        Raises:
            InvalidOption: One of these cannot be used.
        """
        self._caller = AsyncCaller(_options.read(target, token, tls, ca, certificate, key, timeout))

    @cached_property
    def models(self) -> AsyncModels:
        """Reading and saving models."""
        return AsyncModels(self._caller, self.stubs.discovery)

    @cached_property
    def providers(self) -> AsyncProviders:
        """Reading and refreshing providers."""
        return AsyncProviders(self._caller, self.stubs.providers, self.stubs.discovery)

    @cached_property
    def discovery(self) -> AsyncDiscovery:
        """How the service is, and how discovery works."""
        return AsyncDiscovery(self._caller, self.stubs.discovery)

    @property
    def revision(self) -> int:
        """The largest revision that an answer to this client carried; 0 before the first.

        Given as min_revision, it lets a read on any replica see what this client wrote and read before.
        """
        return self._caller.revision.seen

    @property
    def target(self) -> str:
        """Whom it calls."""
        return self._caller.options.target

    @property
    def channel(self) -> grpc.aio.Channel:
        """The channel of gRPC."""
        return self._caller.channel

    @cached_property
    def stubs(self) -> AsyncStubs:
        """The generated stubs."""
        return AsyncStubs(self._caller.channel)

    async def close(self) -> None:
        """Ends the connection and the calls that run."""
        await self._caller.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.target}>"
