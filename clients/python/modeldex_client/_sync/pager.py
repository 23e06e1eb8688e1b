# Written by scripts/unasync.py from _async/pager.py; edit that one.
"""Lists that come page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableSequence
from typing import Generic, Protocol, TypeVar

from modeldex_client._errors import Internal


class Paged(Protocol):
    """A page says how to ask for the next one."""

    @property
    def next_page_token(self) -> str: ...


Item = TypeVar("Item")
Page = TypeVar("Page", bound=Paged)


class Pager(Generic[Item, Page]):
    """A list that is asked for as it is read: iterate it for its items, or `pages()` for whole answers.

    Each iteration begins anew, with fresh calls. Nothing is asked before.
    """

    def __init__(
        self,
        fetch: Callable[[str], Page],
        items: Callable[[Page], MutableSequence[Item]],
        limit: int | None,
    ) -> None:
        """`fetch` gives the page of a token, `items` what is on a page, `limit` bounds the items; None is all."""
        if limit is not None and limit < 0:
            raise ValueError(f"limit must be None or at least 0, not {limit}")
        self._fetch = fetch
        self._items = items
        self._limit = limit

    def __iter__(self) -> Iterator[Item]:
        """The items, up to the limit."""
        for page in self.pages():
            yield from self._items(page)

    def pages(self) -> Iterator[Page]:
        """The pages; the one that reaches the limit is cut there and is the last."""
        left = self._limit
        tokens = {""}
        token = ""
        while left is None or left > 0:
            page = self._fetch(token)
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

    def first_page(self) -> Page:
        """The first page alone, whatever the limit."""
        return self._fetch("")
