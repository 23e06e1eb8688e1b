"""Ids near one that does not exist: whoever typed it wants to know what it should have been."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher, get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modeldex.v1.discovery_service_pb2 import ModelFilter
    from modeldex_client import Client

_WORDS = re.compile(r"[^\W\d_]+|\d+")
_CANDIDATES = 500
_PROPOSED = 3
_ALIKE = 0.6  # of 1: less is another id


def near_ids(client: Client, wrong: str) -> list[str]:
    """Up to three ids that resemble it, the nearest first: of its provider, or of its words at any provider."""
    from modeldex_client import ModeldexError  # noqa: PLC0415

    try:
        for filter in _filters(client, wrong):
            candidates = (model.id for model in client.models.list(filter, limit=_CANDIDATES))
            if found := _nearest(wrong, candidates):
                return found
    except ModeldexError:
        pass  # the id is wrong all the same, and that is told
    return []


def _filters(client: Client, wrong: str) -> Iterator[ModelFilter]:
    from modeldex.v1.discovery_service_pb2 import ModelFilter  # noqa: PLC0415

    provider, slash, name = wrong.partition("/")
    name = name if slash else wrong
    query = " ".join(_WORDS.findall(name))[:100]
    if slash and provider and query:
        yield ModelFilter(provider_ids=[provider[:128]], query=query)
    if query:
        yield ModelFilter(query=query)
    if slash and provider:
        known = [one.id for one in client.providers.list()]
        if near := get_close_matches(provider, known, n=1):
            yield ModelFilter(provider_ids=near)


def _nearest(wrong: str, candidates: Iterator[str]) -> list[str]:
    whole = wrong.lower() if "/" in wrong else ""
    name = wrong.rpartition("/")[2].lower()

    def likeness(candidate: str) -> float:
        tail = SequenceMatcher(None, name, candidate.rpartition("/")[2].lower()).ratio()
        return max(tail, SequenceMatcher(None, whole, candidate.lower()).ratio()) if whole else tail

    rated = sorted(((likeness(candidate), candidate) for candidate in candidates), key=lambda pair: (-pair[0], pair[1]))
    return [candidate for rate, candidate in rated[:_PROPOSED] if rate >= _ALIKE]
