"""What the tests of discovery and of the cache share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from modeldex_server.store.embedded import EmbeddedServer
from support.api import Api, connect
from support.cache_calls import new_namespace
from support.databases import empty_database
from support.ground import Ground
from support.ground import ground as make_ground
from support.principals import Caller


@pytest.fixture(scope="session")
def ground(postgres: EmbeddedServer, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """Two servers that discover."""
    with (
        empty_database(postgres, template) as url,
        make_ground(tmp_path_factory.mktemp("ground"), url) as ground,
    ):
        yield ground


@pytest.fixture
async def finder(ground: Ground) -> AsyncIterator[Api]:
    """A caller of the first server that discovers."""
    async with connect(ground.first.address) as api:
        yield api


@pytest.fixture
async def other_finder(ground: Ground) -> AsyncIterator[Api]:
    """A caller of the second server that discovers."""
    async with connect(ground.second.address) as api:
        yield api


@pytest.fixture
def caller(api: Api) -> Caller:
    """A caller of the first server."""
    return Caller(api.channel)


@pytest.fixture
def other(other_api: Api) -> Caller:
    """A caller of the second server."""
    return Caller(other_api.channel)


@pytest.fixture
def namespace() -> str:
    """A namespace of the test's own."""
    return new_namespace()
