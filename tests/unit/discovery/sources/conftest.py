"""A provider's server for each test that asks for one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from provider_server import ProviderServer


@pytest.fixture
async def provider() -> AsyncIterator[ProviderServer]:
    """A provider's server on a free port of this machine."""
    provider = ProviderServer()
    server = await asyncio.start_server(provider.serve, "127.0.0.1", 0)
    provider.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    async with server:
        yield provider
