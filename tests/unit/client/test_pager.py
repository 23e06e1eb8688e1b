"""Lists that come page by page, in both halves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from modeldex.v1.discovery_service_pb2 import ListModelsResponse
from modeldex.v1.model_pb2 import Model
from modeldex_client import AsyncPager, Internal, Pager


class Book:
    """Pages of a list, and the tokens that were asked for."""

    def __init__(self, *sizes: int, tokens: list[str] | None = None) -> None:
        self.sizes = sizes
        self.asked: list[str] = []
        self.tokens = tokens or [*(str(number) for number in range(1, len(sizes))), ""]

    def page(self, token: str) -> ListModelsResponse:
        self.asked.append(token)
        number = int(token or 0)
        first = sum(self.sizes[:number])
        models = [Model(id=f"a/{index}") for index in range(first, first + self.sizes[number])]
        return ListModelsResponse(models=models, next_page_token=self.tokens[number])

    async def async_page(self, token: str) -> ListModelsResponse:
        return self.page(token)


def _sync_pager(book: Book, limit: int | None = None) -> Pager[Model, ListModelsResponse]:
    return Pager(book.page, lambda page: page.models, limit)


class _Driven:
    """An AsyncPager, read as if it were a Pager."""

    def __init__(self, pager: AsyncPager[Model, ListModelsResponse]) -> None:
        self._pager = pager

    def __iter__(self) -> Iterator[Model]:
        return self._drive(self._pager.__aiter__())

    def pages(self) -> Iterator[ListModelsResponse]:
        return self._drive(self._pager.pages())

    def first_page(self) -> ListModelsResponse:
        return asyncio.run(self._pager.first_page())

    def _drive(self, items: AsyncIterator[Any]) -> Iterator[Any]:
        with asyncio.Runner() as runner:

            async def step() -> Any:
                return await anext(items, None)

            while (item := runner.run(step())) is not None:
                yield item


def _async_pager(book: Book, limit: int | None = None) -> _Driven:
    return _Driven(AsyncPager(book.async_page, lambda page: page.models, limit))


Make = Callable[..., Any]


@pytest.fixture(params=[_sync_pager, _async_pager], ids=["sync", "async"])
def make(request: pytest.FixtureRequest) -> Make:
    return request.param  # type: ignore[no-any-return]


def test_items_come_in_order_and_pages_only_as_they_are_read(make: Make) -> None:
    book = Book(2, 0, 3)
    items = iter(make(book))
    assert book.asked == []
    assert next(items).id == "a/0"
    assert book.asked == [""]
    assert [model.id for model in items] == ["a/1", "a/2", "a/3", "a/4"]
    assert book.asked == ["", "1", "2"]


def test_pages_are_answers_as_they_came(make: Make) -> None:
    assert [len(page.models) for page in make(Book(2, 0, 3)).pages()] == [2, 0, 3]


def test_each_iteration_begins_anew(make: Make) -> None:
    pager = make(Book(2, 3))
    assert len(list(pager)) == len(list(pager)) == 5


@pytest.mark.parametrize(("limit", "pages"), [(0, 0), (1, 1), (2, 1), (3, 2), (5, 2), (6, 3), (99, 3)])
def test_a_limit_holds_for_items_and_pages_and_asks_for_no_page_more(make: Make, limit: int, pages: int) -> None:
    book = Book(2, 3, 1)
    assert len(list(make(book, limit))) == min(limit, 6)
    assert len(book.asked) == pages
    assert sum(len(page.models) for page in make(book, limit).pages()) == min(limit, 6)


def test_the_first_page_is_one_call(make: Make) -> None:
    book = Book(2, 3)
    assert len(make(book).first_page().models) == 2
    assert book.asked == [""]


@pytest.mark.parametrize("tokens", [["1", "1"], ["1", "2", "1"]])
def test_a_list_that_would_never_end_is_refused(make: Make, tokens: list[str]) -> None:
    """A token that comes again, at once or after others, is a fault of the server."""
    book = Book(1, 1, 1, tokens=tokens)
    with pytest.raises(Internal, match="same page token twice"):
        list(make(book))
    assert len(book.asked) == len(tokens)


def test_a_negative_limit_is_refused(make: Make) -> None:
    with pytest.raises(ValueError, match="limit"):
        make(Book(1), -1)
