"""Pins for tests: the rooms of one replica, over a catalogue that one file of models.dev's shape fills."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from modeldex.v1 import history_service_pb2 as api
from modeldex.v1 import model_pb2, update_pb2
from modeldex.v1.discovery_service_pb2 import DiscoveryConfiguration, RefreshResult
from modeldex.v1.history_pb2 import ModelPin, ModelVersion
from modeldex_server.capabilities.vocabulary import Vocabulary
from modeldex_server.discovery.configuration import DiscoveryState
from modeldex_server.discovery.engine import Engine
from modeldex_server.discovery.records import Records
from modeldex_server.discovery.refresh import Refresher
from modeldex_server.discovery.sources.models_dev import ModelsDev
from modeldex_server.discovery.upstream import ConfiguredSources
from modeldex_server.history.pin_expiry import PinExpiry
from modeldex_server.history.pin_listing import PinList
from modeldex_server.history.pins import Pins
from modeldex_server.ledger.changes import Committed
from modeldex_server.ledger.ledger import Ledger
from modeldex_server.rpc.validation.model import model_problems
from modeldex_server.security.secret_paths import SecretPaths
from modeldex_server.store.database import Database
from modeldex_server.store.leases import Leases
from support.checks import Catalogue
from support.records import BASE

SOURCE = "listed"
MODEL = "acme/m"
_PINS = """
SELECT m.pins, v.pins
FROM model m JOIN model_version v ON v.model_id = m.id AND v.version = m.version
WHERE m.id = %s"""


@dataclass
class Shelf:
    """One replica, and the file that says what models there are."""

    tables: Catalogue
    file: Path
    engine: Engine
    pins: Pins
    expiry: PinExpiry
    listing: PinList
    ledger: Ledger
    said: dict[str, Any] = field(default_factory=dict)

    async def says(self, model_id: str = MODEL, record: Mapping[str, Any] | None = None) -> RefreshResult | None:
        """The source says this of a model from now on, None: no more of it; and is refreshed. Beside it there is
        always another one, for an empty list says nothing."""
        self.said.pop(model_id, None)
        if record is not None:
            self.said[model_id] = record
        models = {"other": BASE} | {key.partition("/")[2]: record for key, record in self.said.items()}
        self.file.write_text(json.dumps({"acme": {"id": "acme", "name": "Acme", "models": models}}))
        return await self.refresh()

    async def refresh(self) -> RefreshResult | None:
        """Refresh; None where the refresh had nothing of the provider."""
        results = [result async for result in self.engine.refresh([])]
        return next((result for result in results if result.provider_id == "acme"), None)

    async def pin(self, *fields: api.PinnedField, model_id: str = MODEL, by: str = "ann", **rest: Any) -> Committed:
        """Pin parts of a model; without fields all of it."""
        wanted: dict[str, Any] = {"model_id": model_id, "fields": fields, "reason": "the list is wrong"} | rest
        return await self.pins.pin(api.PinModelRequest(**wanted), by=by, timeout=20)

    async def unpin(self, *paths: str, model_id: str = MODEL, by: str = "bob", **rest: Any) -> Committed:
        """End pins; without paths all of them."""
        wanted: dict[str, Any] = {"model_id": model_id, "paths": paths, "reason": "mended"} | rest
        return await self.pins.unpin(api.UnpinModelRequest(**wanted), by=by, timeout=20)

    def served(self, model_id: str = MODEL) -> model_pb2.Model | None:
        """What is served; None for a deleted model."""
        documents = self.tables.documents(model_id)
        return documents[max(documents)]

    def document(self, model_id: str = MODEL) -> model_pb2.Model:
        """What is served of a live model."""
        served = self.served(model_id)
        assert served is not None, f"{model_id} is deleted"
        return served

    def versions(self, model_id: str = MODEL) -> list[tuple[int, str, str]]:
        """What each version did, who made it, and why."""
        query = "SELECT operation, principal, reason FROM model_version WHERE model_id = %s ORDER BY version"
        return [(operation, principal, reason) for operation, principal, reason in self.tables.rows(query, [model_id])]

    def pinned(self, model_id: str = MODEL) -> list[ModelPin]:
        """The pins of the newest version, which are those of the model."""
        ((of_model, of_version),) = self.tables.rows(_PINS, [model_id])
        assert of_model == of_version
        return list(ModelVersion.FromString(of_model or b"").pins)

    def told(self, kind: str) -> list[update_pb2.OperationUpdate]:
        """What the feed was told: "PIN" or "UPSTREAM_DRIFT"."""
        rows = self.tables.rows("SELECT body FROM update_event WHERE kind = 14 ORDER BY revision, ordinal")
        updates = [update_pb2.OperationUpdate.FromString(body) for (body,) in rows]
        wanted = update_pb2.OperationUpdateType.Value(f"OPERATION_UPDATE_TYPE_{kind}")
        return [update for update in updates if update.type == wanted]


async def shelf(database: Database, folder: Path, *, secret: tuple[str, ...] = ()) -> Shelf:
    """A replica over an empty catalogue. A model is gone with the first listing that lacks it."""
    ledger, records = Ledger(database, lambda _: None), Records(database)
    fixed = DiscoveryConfiguration(removal_threshold=1, max_concurrent_providers=4)
    file = folder / "models.json"
    engine = Engine(
        [ModelsDev(SOURCE, file=file)],
        Refresher(ledger, records),
        records,
        Leases(database, holder=str(id(ledger)), span=timedelta(seconds=30)),
        DiscoveryState(database, fixed, ["removal_threshold", "max_concurrent_providers"]),
        on_refresh=lambda *_: None,
    )
    await engine.register()
    upstream = ConfiguredSources(engine, records)
    pins = Pins(ledger, upstream, SecretPaths(secret), model_problems(Vocabulary.load()))
    return Shelf(
        Catalogue(database.url), file, engine, pins, PinExpiry(database, ledger, upstream), PinList(database), ledger
    )


def part(path: str, *value: Any) -> api.PinnedField:
    """A part to pin, as it is or with a value."""
    pinned = api.PinnedField(path=path)
    for one in value:
        if one is None:
            pinned.value.null_value = 0  # type: ignore[assignment] # the only one there is
        elif isinstance(one, bool):
            pinned.value.bool_value = one
        elif isinstance(one, str):
            pinned.value.string_value = one
        else:
            pinned.value.number_value = one
    return pinned
