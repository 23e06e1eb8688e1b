"""Two servers that discover: many providers to fake, each with a source of its own, and one catalogue of all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support.checks import Catalogue
from support.providers import FakeProvider, Says, fake_provider
from support.servers import ServerProcess

CATALOGUE = "catalogue"
SOURCES = 24


@dataclass
class Ground:
    """Providers are called p1, p2, ..., as are their own sources. Each test takes one that no other has."""

    first: ServerProcess
    second: ServerProcess
    tables: Catalogue
    listed: FakeProvider  # the catalogue
    providers: dict[str, FakeProvider]
    _entries: dict[str, Any] = field(default_factory=dict)
    _taken: int = 0

    def take(self) -> tuple[str, FakeProvider]:
        """A provider of one's own."""
        self._taken += 1
        return f"p{self._taken}", self.providers[f"p{self._taken}"]

    def catalogue_lists(self, provider_id: str, models: dict[str, dict[str, Any]] | None) -> None:
        """What the catalogue says of one provider from now on; None: nothing at all."""
        if models is None:
            self._entries.pop(provider_id, None)
        else:
            rows = {key: {"id": key, "name": key.title()} | row for key, row in models.items()}
            self._entries[provider_id] = {"id": provider_id, "name": provider_id.title(), "models": rows}
        self.listed.says = Says(body=json.dumps(self._entries).encode())


@contextmanager
def ground(folder: Path, url: str) -> Iterator[Ground]:
    """Two servers, their sources, and a stopped discovery: nothing is asked but on demand."""
    with ExitStack() as stack:
        providers = {f"p{number}": stack.enter_context(fake_provider()) for number in range(1, SOURCES + 1)}
        for provider in providers.values():
            provider.fails(404)  # until a test takes it
        listed = stack.enter_context(fake_provider())
        settings = {
            "MODELDEX_DISCOVERY__RETRY_ATTEMPTS": "0",
            "MODELDEX_DISCOVERY__PROVIDER_TIMEOUT": "5",
            "MODELDEX_SOURCES__CATALOGUE__KIND": "models_dev",
            "MODELDEX_SOURCES__CATALOGUE__URL": listed.url,
        }
        for name, provider in providers.items():
            settings[f"MODELDEX_SOURCES__{name.upper()}__KIND"] = "openai_compatible"
            settings[f"MODELDEX_SOURCES__{name.upper()}__URL"] = provider.url
        tables = Catalogue(url)
        tables.run("UPDATE discovery_state SET running = false")
        servers = [
            stack.enter_context(ServerProcess(folder / name, database_url=url, settings=settings)).launch()
            for name in ("first", "second")
        ]
        first, second = (server.wait_until_ready() for server in servers)
        yield Ground(first, second, tables, listed, providers)
        assert first.left_behind + second.left_behind == []
