"""Migrations: plain SQL files, forward only, each run once and never changed after."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib import resources

import psycopg
import structlog

from modeldex_server.errors import StartError
from modeldex_server.store.database import driver_errors

log = structlog.get_logger()

# Any number does, as long as no other program on the database takes the same: "modeldex" read as a number.
_LOCK = 0x6D6F64656C646578 >> 1
_TABLE = """
CREATE TABLE IF NOT EXISTS schema_migration (
    name       text PRIMARY KEY,
    checksum   text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
)"""
_APPLIED = "SELECT name, checksum FROM schema_migration"
_RECORD = "INSERT INTO schema_migration (name, checksum) VALUES (%(name)s, %(checksum)s)"


@dataclass(frozen=True, slots=True)
class Migration:
    """One file of `migrations/`."""

    name: str
    sql: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


def packaged() -> list[Migration]:
    """The migrations of this release, in their order."""
    folder = resources.files("modeldex_server.store") / "migrations"
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".sql")), key=lambda file: file.name)
    return [Migration(file.name, file.read_text("utf-8")) for file in files]


async def migrate(url: str, migrations: list[Migration] | None = None) -> list[str]:
    """Bring a database up to date; safe when several replicas start at once, for one does it and the others wait.

    Returns: the names of the migrations that were applied now.

    Raises:
        StoreUnavailable: the database cannot be reached.
        StartError: it was migrated by a newer release, or a migration it has applied was changed since.
    """
    wanted = packaged() if migrations is None else migrations
    with driver_errors():
        return await _migrate(url, wanted)


async def _migrate(url: str, wanted: list[Migration]) -> list[str]:
    async with await psycopg.AsyncConnection.connect(url, autocommit=True, connect_timeout=5) as connection:
        await connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
        try:
            await connection.execute(_TABLE)
            applied: dict[str, str] = dict(await (await connection.execute(_APPLIED)).fetchall())
            missing = _missing(applied, wanted)
            for migration in missing:
                await _apply(connection, migration)
            return [migration.name for migration in missing]
        finally:
            await connection.execute("SELECT pg_advisory_unlock(%s)", (_LOCK,))


def _missing(applied: dict[str, str], wanted: list[Migration]) -> list[Migration]:
    known = {migration.name: migration.checksum for migration in wanted}
    if newer := sorted(applied.keys() - known.keys()):
        raise StartError(f"The database was migrated by a newer release ({newer[-1]}): start that release.")
    if changed := sorted(name for name, checksum in applied.items() if known[name] != checksum):
        raise StartError(f"Migration {changed[0]} is not the one that the database has applied.")
    return [migration for migration in wanted if migration.name not in applied]


async def _apply(connection: psycopg.AsyncConnection[tuple[object, ...]], migration: Migration) -> None:
    async with connection.transaction():
        await connection.execute(migration.sql.encode())
        await connection.execute(_RECORD, {"name": migration.name, "checksum": migration.checksum})
    log.info("migration_applied", name=migration.name)
