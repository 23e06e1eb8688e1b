"""ProviderService: reads the request, calls the room, writes the answer."""

from __future__ import annotations

from modeldex.v1 import provider_service_pb2 as pb
from modeldex_server.catalogue.listing import page_size
from modeldex_server.catalogue.reading import Reader
from modeldex_server.discovery.providers import Providers
from modeldex_server.rpc.frame.call import Call
from modeldex_server.rpc.paging import PageTokens


class ProviderServicer:
    """The methods of ProviderService; what each promises stands in the contract."""

    def __init__(self, providers: Providers, reader: Reader, tokens: PageTokens) -> None:
        self._providers = providers
        self._reader = reader
        self._tokens = tokens

    async def GetProvider(self, request: pb.GetProviderRequest, call: Call) -> pb.GetProviderResponse:
        await self._reader.reach(request.min_revision, timeout=call.remaining())
        provider, revision = await self._providers.get(request.id, call.scope)
        return pb.GetProviderResponse(provider=provider, revision=revision)

    async def ListProviders(self, request: pb.ListProvidersRequest, call: Call) -> pb.ListProvidersResponse:
        await self._reader.reach(request.min_revision, timeout=call.remaining())
        cursor = self._tokens.cursor_of(request, call.scope)
        page = await self._providers.page(
            after=cursor.id if cursor else "",
            size=page_size(request.page_size),
            statuses=request.statuses,
            count=request.include_total_size,
            scope=call.scope,
        )
        token = self._tokens.token_after(request, None, page.next_id, call.scope) if page.next_id else ""
        return pb.ListProvidersResponse(
            providers=page.providers, next_page_token=token, total_size=page.total_size, revision=page.revision
        )
