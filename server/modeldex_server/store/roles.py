"""The roles of PostgreSQL: one that changes tables, and one that serves, with no more rights than that takes.

Where they are two, nobody who has the password of the serving role can change or delete a row of the audit trail, nor
the trigger that refuses it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, LiteralString

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import class_row

from modeldex_server.errors import StartError
from modeldex_server.store.database import Connection

_CONNECT_SECONDS = 5
# What PostgreSQL says to a role that it will not let in, however often it is tried.
_NOT_LET_IN = (
    "password authentication failed",
    "no password supplied",
    "does not exist",
    "is not permitted to log in",
    "no pg_hba.conf entry",
    "permission denied for database",
)

# What a table is for, where it is not for everything.
_RIGHTS = {
    "audit_event": sql.SQL("SELECT, INSERT"),
    "model_version": sql.SQL("SELECT, INSERT, UPDATE"),  # purging; a trigger refuses all else
    "schema_migration": sql.SQL("SELECT"),
}
_OTHER_RIGHTS = sql.SQL("SELECT, INSERT, UPDATE, DELETE")

_HERE = """
SELECT current_user::text AS role, current_database()::text AS database, current_schema()::text AS schema"""
_RELATIONS = """
SELECT c.relname::text AS name, c.relkind = 'S' AS is_sequence, pg_get_userbyid(c.relowner)::text AS owner
FROM pg_class c
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'S')
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype IN ('e', 'i'))
ORDER BY c.relname"""
_NOT_ACTED_AS = """
SELECT name FROM unnest(%(others)s::text[]) AS other(name)
WHERE NOT pg_has_role(%(role)s, name, 'MEMBER') ORDER BY name"""
# Who owns what tables stand in, or what guards them, could drop it with all in it.
_HOLDERS = """
SELECT DISTINCT pg_get_userbyid(owner)::text AS name
FROM (
    SELECT datdba AS owner FROM pg_database WHERE datname = current_database()
    UNION ALL
    SELECT nspowner FROM pg_namespace
    WHERE oid = current_schema()::regnamespace AND nspowner::regrole::text <> 'pg_database_owner'
    UNION ALL
    SELECT proowner FROM pg_proc p
    WHERE p.pronamespace = current_schema()::regnamespace
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
) AS held"""
_MAY_CREATE_IN = """
SELECT format('SCHEMA %%I', nspname) AS name FROM pg_namespace
WHERE nspname !~ '^pg_' AND has_schema_privilege(%(role)s, oid, 'CREATE')
UNION ALL
SELECT format('DATABASE %%I', current_database()) WHERE has_database_privilege(%(role)s, current_database(), 'CREATE')
ORDER BY name DESC"""
# Rights that come from elsewhere than a grant to the role: from PUBLIC, or from a role that it belongs to.
_GIVEN_BY_OTHERS = """
SELECT DISTINCT c.relname::text AS name
FROM pg_class c, unnest('{INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER}'::text[]) AS kind
WHERE c.relnamespace = current_schema()::regnamespace AND c.relname = ANY(%(tables)s)
  AND (has_table_privilege(%(role)s, c.oid, kind)
       OR kind IN ('INSERT', 'UPDATE', 'REFERENCES') AND has_any_column_privilege(%(role)s, c.oid, kind))
  AND NOT EXISTS (SELECT FROM aclexplode(c.relacl) given
                  WHERE pg_get_userbyid(given.grantee) = %(role)s AND given.privilege_type = kind)
ORDER BY name"""
_GRANT = sql.SQL("REVOKE ALL ON {kind} {name} FROM {role}; GRANT {rights} ON {kind} {name} TO {role}")
_GRANT_SCHEMA = sql.SQL("GRANT USAGE ON SCHEMA {schema} TO {role}")


@dataclass(frozen=True, slots=True)
class _Here:
    role: str
    database: str
    schema: str


@dataclass(frozen=True, slots=True)
class _Relation:
    name: str
    is_sequence: bool
    owner: str


async def connect(url: str, setting: str) -> Connection:
    """A connection of a role, in autocommit mode. `setting` is where its address stands.

    Raises:
        StartError: PostgreSQL does not let the role in.
        psycopg.OperationalError: it cannot be reached.
    """
    try:
        return await psycopg.AsyncConnection.connect(url, autocommit=True, connect_timeout=_CONNECT_SECONDS)
    except psycopg.OperationalError as error:
        if any(sign in str(error) for sign in _NOT_LET_IN):
            why = str(error).rpartition("FATAL:")[2].strip().splitlines()[0]
            raise StartError(f"PostgreSQL does not let in the role of {setting}: {why}.") from None
        raise


async def require_owner(connection: Connection) -> None:
    """Raises StartError where tables that are there belong to somebody whom the role cannot act as."""
    here: _Here = await _one(connection, _Here, _HERE)
    owners = sorted({relation.owner for relation in await _relations(connection)})
    if others := await _not_acted_as(connection, here.role, owners):
        raise StartError(_handing_over(others[0], here.role, "migration_database_url"))


async def let_serve(owner: Connection, url: str) -> None:
    """Give the role of an address what serving needs of the tables of another, and take all else from it.

    Raises:
        StartError: there is no such role, or it could take back what is kept from it.
    """
    await _require_role(owner, url)
    here: _Here = await _one(owner, _Here, _HERE)
    async with await connect(url, "database_url") as connection:
        serving: _Here = await _one(connection, _Here, _HERE)
    relations = await _relations(owner)
    holders = await _names(owner, _HOLDERS, {})
    await _require_apart(owner, here, serving, {relation.owner for relation in relations} | set(holders))
    if places := await _names(owner, _MAY_CREATE_IN, {"role": serving.role}):
        raise StartError(
            f"The role {serving.role} of database_url may create tables: REVOKE CREATE ON {places[0]}"
            f" FROM {serving.role}, and from PUBLIC."
        )
    role = sql.Identifier(serving.role)
    async with owner.transaction():
        await owner.execute(_GRANT_SCHEMA.format(schema=sql.Identifier(here.schema), role=role))
        for relation in relations:
            await owner.execute(_grant(relation, role))
        await _require_no_other_rights(owner, serving.role, relations)


def _grant(relation: _Relation, role: sql.Identifier) -> sql.Composed:
    kind = sql.SQL("SEQUENCE" if relation.is_sequence else "TABLE")
    rights = sql.SQL("USAGE") if relation.is_sequence else _RIGHTS.get(relation.name, _OTHER_RIGHTS)
    return _GRANT.format(kind=kind, name=sql.Identifier(relation.name), rights=rights, role=role)


async def _require_role(owner: Connection, url: str) -> None:
    name = conninfo_to_dict(url).get("user")
    if name is None:
        return
    found = await (await owner.execute("SELECT 1 FROM pg_roles WHERE rolname = %(name)s", {"name": name})).fetchone()
    if found is None:
        raise StartError(f"There is no role {name}, which database_url names: CREATE ROLE {name} LOGIN makes it.")


async def _require_apart(owner: Connection, here: _Here, serving: _Here, owners: set[str]) -> None:
    """Raises StartError where the serving role is one of the owners, or may act as one."""
    if serving.database != here.database:
        raise StartError(
            f"migration_database_url names the database {here.database}, database_url {serving.database}:"
            " they must be one."
        )
    if serving.role == here.role:
        raise StartError(f"migration_database_url and database_url name the same role, {here.role}: leave one out.")
    if serving.role in owners:
        raise StartError(_handing_over(serving.role, here.role, "database_url"))
    everybody = sorted(owners | {here.role})
    if acted_as := sorted(set(everybody) - set(await _not_acted_as(owner, serving.role, everybody))):
        raise StartError(
            f"The role {serving.role} of database_url may act as {acted_as[0]}, so nothing is kept from it:"
            f" REVOKE {acted_as[0]} FROM {serving.role}, and it must be no superuser."
        )


async def _require_no_other_rights(owner: Connection, role: str, relations: list[_Relation]) -> None:
    """Raises StartError where a role has rights that were not given to it here."""
    tables = [relation.name for relation in relations if not relation.is_sequence]
    if found := await _names(owner, _GIVEN_BY_OTHERS, {"role": role, "tables": tables}):
        table = "audit_event" if "audit_event" in found else found[0]
        raise StartError(
            f"The role {role} of database_url has rights to {table} that it was not given here: REVOKE ALL ON {table}"
            f" FROM PUBLIC, and from the roles that {role} belongs to, or take it out of them."
        )


def _handing_over(owner: str, to: str, setting: str) -> str:
    whose = f"{owner} of {setting}" if setting == "database_url" else f"{owner}, not to {to} of {setting}"
    what = "The tables, or what they stand in," if setting == "database_url" else "The tables"
    return f"{what} belong to {whose}: as an administrator run REASSIGN OWNED BY {owner} TO {to}."


async def _relations(connection: Connection) -> list[_Relation]:
    cursor = connection.cursor(row_factory=class_row(_Relation))
    return await (await cursor.execute(_RELATIONS)).fetchall()


async def _not_acted_as(connection: Connection, role: str, others: list[str]) -> list[str]:
    """Those of some roles that a role cannot act as."""
    return await _names(connection, _NOT_ACTED_AS, {"role": role, "others": others})


async def _names(connection: Connection, query: LiteralString, parameters: dict[str, Any]) -> list[str]:
    return [name for (name,) in await (await connection.execute(query, parameters)).fetchall()]


async def _one(connection: Connection, row: type[Any], query: LiteralString) -> Any:
    cursor = connection.cursor(row_factory=class_row(row))
    return await (await cursor.execute(query)).fetchone()
