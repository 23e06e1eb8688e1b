"""Two servers on one catalogue."""

from __future__ import annotations

from dataclasses import dataclass

from support.checks import Catalogue
from support.providers import FakeProvider
from support.servers import ServerProcess


@dataclass(frozen=True)
class Pair:
    """Two servers on one catalogue; neither refreshes by itself."""

    first: ServerProcess
    second: ServerProcess
    catalogue: Catalogue
    provider: FakeProvider  # of the source "fake", of the provider "fake"
