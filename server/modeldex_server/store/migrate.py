"""Migrations: plain SQL files, forward only, each run once and never changed after."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib import resources

import structlog
from psycopg import errors as pg

from modeldex_server.errors import StartError
from modeldex_server.store import roles
from modeldex_server.store.database import Connection, driver_errors

log = structlog.get_logger()

# Any number does, as long as no other program on the database takes the same: "modeldex" read as a number.
_LOCK = 0x6D6F64656C646578 >> 1
_TABLE = """
CREATE TABLE schema_migration (
    name       text PRIMARY KEY,
    checksum   text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
)"""
_EXISTS = "SELECT to_regclass('schema_migration') IS NOT NULL"
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


async def migrate(
    url: str, migrations: list[Migration] | None = None, *, migration_url: str | None = None
) -> list[str]:
    """Bring a database up to date; safe when several replicas start at once, for one does it and the others wait.

    `migration_url` is of the same database, with the role that owns its tables: then that of `url` is given what
    serving needs, and no more.

    Returns: the names of the migrations that were applied now.

    Raises:
        StoreUnavailable: the database cannot be reached.
        StartError: it was migrated by a newer release, or a migration it has applied was changed since, or a role is
            not what it should be.
    """
    wanted = packaged() if migrations is None else migrations
    with driver_errors():
        return await _migrate(url, wanted, migration_url)


async def _migrate(url: str, wanted: list[Migration], migration_url: str | None) -> list[str]:
    setting = "database_url" if migration_url is None else "migration_database_url"
    async with await roles.connect(migration_url or url, setting) as connection:
        await connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
        try:
            if migration_url is not None:
                await roles.require_owner(connection)
            applied = await _bring_up_to_date(connection, wanted, setting)
            if migration_url is not None:
                await roles.let_serve(connection, url)
            return applied
        finally:
            await connection.execute("SELECT pg_advisory_unlock(%s)", (_LOCK,))


async def _bring_up_to_date(connection: Connection, wanted: list[Migration], setting: str) -> list[str]:
    try:
        ((exists,),) = await (await connection.execute(_EXISTS)).fetchall()
        # Only where it is missing: to ask whether it is takes the right to create it.
        if not exists:
            await connection.execute(_TABLE)
        missing = _missing(dict(await (await connection.execute(_APPLIED)).fetchall()), wanted)
        for migration in missing:
            await _apply(connection, migration)
        return [migration.name for migration in missing]
    except pg.InsufficientPrivilege as error:
        why = error.diag.message_primary
        raise StartError(f"The role of {setting} may not bring the database up to date: {why}.") from None


def _missing(applied: dict[str, str], wanted: list[Migration]) -> list[Migration]:
    known = {migration.name: migration.checksum for migration in wanted}
    if newer := sorted(applied.keys() - known.keys()):
        raise StartError(f"The database was migrated by a newer release ({newer[-1]}): start that release.")
    if changed := sorted(name for name, checksum in applied.items() if known[name] != checksum):
        raise StartError(f"Migration {changed[0]} is not the one that the database has applied.")
    return [migration for migration in wanted if migration.name not in applied]


async def _apply(connection: Connection, migration: Migration) -> None:
    async with connection.transaction():
        await connection.execute(migration.sql.encode())
        await connection.execute(_RECORD, {"name": migration.name, "checksum": migration.checksum})
    log.info("migration_applied", name=migration.name)
