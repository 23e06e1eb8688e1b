"""Providers: reading, listing, refreshing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Iterable
from contextlib import aclosing
from typing import TYPE_CHECKING

from modeldex.v1 import discovery_service_pb2 as discovery_pb
from modeldex.v1 import provider_service_pb2 as pb
from modeldex.v1.provider_pb2 import Provider, ProviderStatus
from modeldex_client import _requests
from modeldex_client._async.calling import AsyncCaller
from modeldex_client._async.pager import AsyncPager

if TYPE_CHECKING:
    from modeldex.v1.discovery_service_pb2_grpc import DiscoveryServiceAsyncStub
    from modeldex.v1.provider_service_pb2_grpc import ProviderServiceAsyncStub

REFRESH_SECONDS = 600.0  # as long as the server lets a refresh run


class AsyncProviders:
    """Who serves models. `timeout` and `min_revision` are as for models."""

    def __init__(
        self, caller: AsyncCaller, stub: ProviderServiceAsyncStub, discovery: DiscoveryServiceAsyncStub
    ) -> None:
        self._caller = caller
        self._stub = stub
        self._discovery = discovery

    async def get(self, id: str, *, min_revision: int = 0, timeout: float | None = None) -> Provider:
        """The provider of an id. Raises ProviderNotFound."""
        request = pb.GetProviderRequest(id=id, min_revision=min_revision)
        answer = await self._caller.call(self._stub.GetProvider, request, timeout)
        return answer.provider

    def list(
        self,
        statuses: Iterable[ProviderStatus.ValueType] = (),
        *,
        page_size: int = 0,
        limit: int | None = None,
        min_revision: int = 0,
        include_total_size: bool = False,
        timeout: float | None = None,
    ) -> AsyncPager[Provider, pb.ListProvidersResponse]:
        """The providers in one of these states, ordered by id; all of them unless told. Pages as of models."""
        asked = pb.ListProvidersRequest(
            statuses=statuses, page_size=_requests.page_size(page_size, limit), min_revision=min_revision
        )

        def fetch(token: str) -> Awaitable[pb.ListProvidersResponse]:
            request = pb.ListProvidersRequest(page_token=token, include_total_size=include_total_size and not token)
            request.MergeFrom(asked)
            return self._caller.call(self._stub.ListProviders, request, timeout)

        return AsyncPager(fetch, lambda page: page.providers, limit)

    async def refresh(self, id: str, *, timeout: float | None = REFRESH_SECONDS) -> discovery_pb.RefreshResult:
        """Asks every source of a provider now and says what changed.

        Raises ProviderNotFound; SourceUnavailable, SourceMalformed, SourceRateLimited or SourceUnauthenticated where
        all its sources fail. Where some fail, the result names them.
        """
        request = discovery_pb.RefreshProviderRequest(provider_id=id)
        answer = await self._caller.call(self._discovery.RefreshProvider, request, timeout)
        return answer.result

    async def refresh_all(
        self, ids: Iterable[str] = (), *, timeout: float | None = REFRESH_SECONDS
    ) -> AsyncIterator[discovery_pb.RefreshResult]:
        """Asks the sources of several providers side by side and gives each result as it ends; all unless told.

        Begins with the iteration; `timeout` holds for all of it. The failure of a provider is part of its result.
        """
        request = discovery_pb.RefreshProvidersRequest(provider_ids=ids)
        async with aclosing(self._caller.stream(self._discovery.RefreshProviders, request, timeout)) as answers:
            async for answer in answers:
                yield answer.result
