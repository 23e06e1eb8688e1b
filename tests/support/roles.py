"""Two roles of PostgreSQL with a database of theirs: one that owns its tables, and one that serves."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import quote

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from modeldex_server.store.embedded import EmbeddedServer


@dataclass(frozen=True)
class TwoRoles:
    """A database by three addresses: of an administrator, of who owns it, and of who serves."""

    name: str
    admin_url: str
    owner_url: str
    serving_url: str
    owner: str
    serving: str

    def url_of(self, role: str) -> str:
        """The address with another role."""
        return _url(self.admin_url, self.name, role)


@contextmanager
def two_roles(postgres: EmbeddedServer) -> Iterator[TwoRoles]:
    """An empty database with its roles, until the end of the block."""
    mark = uuid.uuid4().hex[:10]
    name, owner, serving = f"apart_{mark}", f"owner_{mark}", f"serving_{mark}"
    admin_url = _url(postgres.url, name, "postgres")
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        for role in (owner, serving):
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(owner)))
    try:
        urls = (_url(postgres.url, name, role) for role in (owner, serving))
        yield TwoRoles(name, admin_url, *urls, owner, serving)
    finally:
        with psycopg.connect(postgres.url, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
            for role in (owner, serving):
                connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


def _url(url: str, database: str, role: str) -> str:
    host = quote(str(conninfo_to_dict(url)["host"]), safe="")
    return f"postgresql:///{database}?user={role}&host={host}"
