"""Lists that come page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, MutableSequence
from typing import Generic, Protocol, TypeVar

from modeldex_client._errors import Internal


class Paged(Protocol):
    """A page says how to ask for the next one."""

    @property
    def next_page_token(self) -> str: ...


Item = TypeVar("Item")
Page = TypeVar("Page", bound=Paged)


class AsyncPager(Generic[Item, Page]):
    """A list that is asked for as it is read: iterate it for its items, or `pages()` for whole answers.

    Each iteration begins anew, with fresh calls. Nothing is asked before.
    """

    def __init__(
        self,
        fetch: Callable[[str], Awaitable[Page]],
        items: Callable[[Page], MutableSequence[Item]],
        limit: int | None,
    ) -> None:
        """`fetch` gives the page of a token, `items` what is on a page, `limit` bounds the items; None is all."""
        if limit is not None and limit < 0:
            raise ValueError(f"limit must be None or at least 0, not {limit}")
        self._fetch = fetch
        self._items = items
        self._limit = limit

    async def __aiter__(self) -> AsyncIterator[Item]:
        """The items, up to the limit."""
        async for page in self.pages():
            for item in self._items(page):
                yield item

    async def pages(self) -> AsyncIterator[Page]:
        """The pages; the one that reaches the limit is cut there and is the last."""
        left = self._limit
        tokens = {""}
        token = ""
        while left is None or left > 0:
            page = await self._fetch(token)
            token = page.next_page_token
            if left is not None:
                items = self._items(page)
                del items[left:]
                left -= len(items)
            yield page
            if not token:
                return
            if token in tokens:
                raise Internal("The server gave the same page token twice, so the list would never end.")
            tokens.add(token)

    async def first_page(self) -> Page:
        """The first page alone, whatever the limit."""
        return await self._fetch("")
