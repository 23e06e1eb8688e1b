"""What the integration tests share."""

from __future__ import annotations

import pytest

from modeldex_server.ledger.ledger import Ledger
from modeldex_server.store.database import Database
from support.checks import Catalogue


@pytest.fixture
def ledger(database: Database) -> Ledger:
    """The write path of an empty catalogue."""
    return Ledger(database, lambda _: None)


@pytest.fixture
def tables(database_url: str) -> Catalogue:
    """Its tables."""
    return Catalogue(database_url)
