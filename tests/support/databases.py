"""Databases for tests."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from modeldex_server.store.embedded import EmbeddedServer


@contextmanager
def empty_database(postgres: EmbeddedServer, template: str) -> Iterator[str]:
    """The address of an empty catalogue, until the end of the block."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield postgres.url.replace("/postgres?", f"/{name}?")
    finally:
        with psycopg.connect(postgres.url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
