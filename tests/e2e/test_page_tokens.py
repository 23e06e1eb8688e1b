"""Page tokens: good for the query they came from, as they came, on every replica."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable

import pytest

from modeldex.v1 import discovery_service_pb2 as pb
from modeldex.v1 import provider_service_pb2
from support.api import Api, connect, problem_of
from support.models import new_id, plain
from support.pairs import Pair


@pytest.fixture(scope="module", autouse=True)
def _models(pair: Pair) -> None:
    """A few models to page through."""

    async def save() -> None:
        async with connect(pair.first.address) as api:
            for _ in range(3):
                await api.discovery.SaveModel(pb.SaveModelRequest(model=plain(new_id())))

    asyncio.run(save())


@pytest.fixture
async def token(api: Api) -> str:
    """A token of the list of all models, a page of one."""
    token: str = (await api.discovery.ListModels(pb.ListModelsRequest(page_size=1))).next_page_token
    assert token
    return token


async def test_a_token_works_on_the_other_server(api: Api, other_api: Api, token: str) -> None:
    """stable pages: a page that one replica ended another goes on from."""
    request = pb.ListModelsRequest(page_size=1, page_token=token)
    mine, others = await api.discovery.ListModels(request), await other_api.discovery.ListModels(request)
    assert [model.id for model in mine.models] == [model.id for model in others.models]


async def test_the_size_of_a_page_may_change_on_the_way(api: Api, token: str) -> None:
    """stable pages: page_size, total size and min_revision are no part of the query."""
    request = pb.ListModelsRequest(page_size=2, page_token=token, include_total_size=True, min_revision=1)
    assert len((await api.discovery.ListModels(request)).models) == 2


@pytest.mark.parametrize(
    "other",
    [
        pb.ListModelsRequest(sort_field=pb.MODEL_SORT_FIELD_REVISION),
        pb.ListModelsRequest(descending=True),
        pb.ListModelsRequest(filter=pb.ModelFilter(tags=["x"])),
        pb.ListModelsRequest(filter=pb.ModelFilter(include_unlisted=True)),
    ],
)
async def test_a_token_of_another_query_is_refused(api: Api, token: str, other: pb.ListModelsRequest) -> None:
    """typed errors: INVALID_PAGE_TOKEN for another filter or order."""
    request = pb.ListModelsRequest(page_token=token)
    request.MergeFrom(other)
    await refused(api.discovery.ListModels(request))


@pytest.mark.parametrize(
    "tamper",
    [
        lambda token: token[:-2],
        lambda token: token + "AAAA",
        lambda token: flipped(token, 0),
        lambda token: flipped(token, 40),
        lambda token: flipped(token, len(token) // 2),
        lambda token: base64.urlsafe_b64encode(b"\x00" * 64).decode(),
        lambda token: "x",
        lambda token: "not a token, ünïcode",
        lambda token: "A" * 100_000,
        lambda token: "0",
        lambda token: token.replace(token[-4:], "=="),
    ],
)
async def test_a_tampered_token_is_refused(api: Api, token: str, tamper: Callable[[str], str]) -> None:
    """typed errors: INVALID_PAGE_TOKEN for what is not as it came."""
    await refused(api.discovery.ListModels(pb.ListModelsRequest(page_size=1, page_token=tamper(token))))


async def test_a_token_of_another_method_is_refused(api: Api, token: str) -> None:
    """typed errors: INVALID_PAGE_TOKEN for a token of another list."""
    await refused(api.providers.ListProviders(provider_service_pb2.ListProvidersRequest(page_token=token)))
    request = pb.ListModelBenchmarksRequest(model_id="a/b", page_token=token)
    await refused(api.discovery.ListModelBenchmarks(request))


def flipped(token: str, at: int) -> str:
    """The token with another character at one place."""
    return token[:at] + ("B" if token[at] == "A" else "A") + token[at + 1 :]


async def refused(call: Awaitable[object]) -> None:
    """The call ends with INVALID_PAGE_TOKEN."""
    problem = await problem_of(call)
    assert problem.short == ("INVALID_ARGUMENT", "INVALID_PAGE_TOKEN")
    assert list(problem.violations) == ["page_token"]
