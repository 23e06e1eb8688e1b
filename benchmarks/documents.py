"""The documents of the packaged models as the server would make them, without a server; and any number like them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.service import scratch
from modeldex.v1 import model_pb2
from modeldex_server.catalogue import facts
from modeldex_server.discovery.sources.models_dev import ModelsDev
from modeldex_server.discovery.sources.source import FetchLimits
from modeldex_server.ledger.documents import canonical
from modeldex_server.store import embedded
from modeldex_server.store.migrate import migrate


def documents(count: int) -> list[model_pb2.Model]:
    """So many documents, ordered by id: the packaged ones first, then these under other ids."""
    packaged = _packaged()
    made = [_copy(packaged[number % len(packaged)], number // len(packaged)) for number in range(count)]
    return sorted(made, key=lambda model: model.id)


def changed(document: model_pb2.Model, number: int) -> model_pb2.Model:
    """The document as its next version might be: other prices; where it has none another description."""
    other = model_pb2.Model()
    other.CopyFrom(document)
    for meter in ("input", "output"):
        if meter in other.prices:
            other.prices[meter].amount = f"{number + 1}.{meter == 'input':d}5"
    if not other.prices:
        other.description = f"Change {number}."
    return other


@contextmanager
def postgres() -> Iterator[str]:
    """The address of an empty catalogue in a PostgreSQL of its own, with the settings that the embedded one has."""
    with scratch() as folder:
        server = embedded.start(folder)
        try:
            asyncio.run(migrate(server.url))
            yield server.url
        finally:
            server.stop()


def _packaged() -> list[model_pb2.Model]:
    source = ModelsDev()
    listings = asyncio.run(source.fetch(FetchLimits()))
    mapped = (source.map(listing.provider.id, row) for listing in listings for row in listing.rows)
    return [facts.merge([(source.id, canonical(model))]) for model in mapped]


def _copy(document: model_pb2.Model, number: int) -> model_pb2.Model:
    if not number:
        return document
    copy = model_pb2.Model()
    copy.CopyFrom(document)
    copy.id = f"{document.id}-v{number:02}"
    return canonical(copy)
