"""The roles of PostgreSQL: who owns the tables and who serves, on a real one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest
from psycopg import sql

from modeldex_server.errors import StartError, StoreUnavailable
from modeldex_server.store.embedded import EmbeddedServer
from modeldex_server.store.migrate import migrate, packaged
from support.ports import free_port
from support.roles import TwoRoles, two_roles

# What a role may do with each table, as letters: Select, Insert, Update, Delete, and whatever else there is.
_RIGHTS = """
SELECT relname, concat(
    CASE WHEN has_table_privilege(%s, oid, 'SELECT') THEN 'S' END,
    CASE WHEN has_table_privilege(%s, oid, 'INSERT') THEN 'I' END,
    CASE WHEN has_any_column_privilege(%s, oid, 'UPDATE') THEN 'U' END,
    CASE WHEN has_table_privilege(%s, oid, 'DELETE') THEN 'D' END,
    CASE WHEN has_table_privilege(%s, oid, 'TRUNCATE, REFERENCES, TRIGGER') THEN '+' END)
FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"""


@pytest.fixture
def apart(postgres: EmbeddedServer) -> Iterator[TwoRoles]:
    """An empty database with its roles."""
    with two_roles(postgres) as roles:
        yield roles


async def _migrate(roles: TwoRoles) -> list[str]:
    return await migrate(roles.serving_url, migration_url=roles.owner_url)


def _rights(roles: TwoRoles) -> dict[str, str]:
    with psycopg.connect(roles.admin_url) as connection:
        return dict(connection.execute(_RIGHTS, [roles.serving] * 5).fetchall())


def _refused(url: str, statement: LiteralString) -> None:
    with psycopg.connect(url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)


async def test_whoever_serves_has_the_rights_that_serving_takes_and_no_other(apart: TwoRoles) -> None:
    """audit complete: the audit trail can be read and added to; a version's document can be purged; the rest is rows
    like others, and no table can be emptied, referred to or given a trigger."""
    await _migrate(apart)
    rights = _rights(apart)
    special = {"audit_event": "SI", "model_version": "SIU", "schema_migration": "S"}
    assert rights == {name: special.get(name, "SIUD") for name in rights}
    assert {"model", "revision", "rollback", "cache_entry"} <= rights.keys()


async def test_whoever_serves_cannot_touch_what_guards_the_trail(apart: TwoRoles) -> None:
    """audit complete: neither the rows, nor the trigger, nor the function behind it, nor tables at all."""
    await _migrate(apart)
    for statement in (
        "UPDATE audit_event SET principal = 'nobody'",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event",
        "DROP TABLE audit_event",
        "ALTER TABLE audit_event DISABLE TRIGGER ALL",
        "DROP TRIGGER audit_event_immutable ON audit_event",
        "DROP FUNCTION refuse_rewriting CASCADE",
        "CREATE OR REPLACE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'",
        "SET session_replication_role = replica",
        "DELETE FROM model_version",
        "CREATE TABLE mine ()",
        "ALTER TABLE audit_event OWNER TO CURRENT_USER",
    ):
        _refused(apart.serving_url, statement)


async def test_rights_that_were_given_by_hand_are_taken_back(apart: TwoRoles) -> None:
    """audit complete: each start leaves the serving role with what it needs, whatever it had."""
    await _migrate(apart)
    with psycopg.connect(apart.owner_url, autocommit=True) as connection:
        connection.execute(sql.SQL("GRANT ALL ON audit_event, model TO {}").format(sql.Identifier(apart.serving)))
    assert _rights(apart)["audit_event"] == "SIUD+"
    assert await _migrate(apart) == []
    assert (_rights(apart)["audit_event"], _rights(apart)["model"]) == ("SI", "SIUD")


async def test_a_replica_needs_the_serving_role_only_once_the_tables_are_there(apart: TwoRoles) -> None:
    """audit complete: the password of the owner is needed where a release is first started, and nowhere else."""
    with pytest.raises(StartError, match="may not bring the database up to date"):
        await migrate(apart.serving_url)
    assert await _migrate(apart) == [migration.name for migration in packaged()]
    assert await migrate(apart.serving_url) == []


async def test_tables_of_the_serving_role_are_to_be_handed_over_first(apart: TwoRoles) -> None:
    """audit complete: whoever sets the roles apart later is told how."""
    with psycopg.connect(apart.admin_url, autocommit=True) as connection:
        connection.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(_name(apart.name), _name(apart.serving)))
        await migrate(apart.serving_url, packaged()[:-1])
        connection.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(_name(apart.name), _name(apart.owner)))
        hint = f"REASSIGN OWNED BY {apart.serving} TO {apart.owner}"
        with pytest.raises(StartError, match=hint):
            await _migrate(apart)
        connection.execute(sql.SQL("REASSIGN OWNED BY {} TO {}").format(_name(apart.serving), _name(apart.owner)))
    assert await _migrate(apart) == [packaged()[-1].name]
    assert _rights(apart)["audit_event"] == "SI"


@pytest.mark.parametrize("given", ["the owner itself", "a member", "a superuser"])
async def test_a_serving_role_that_can_be_the_owner_is_refused(apart: TwoRoles, given: str) -> None:
    """audit complete: rights that the serving role could take back are none."""
    with psycopg.connect(apart.admin_url, autocommit=True) as connection:
        if given == "a member":
            connection.execute(sql.SQL("GRANT {} TO {}").format(_name(apart.owner), _name(apart.serving)))
    url = {"the owner itself": apart.owner_url, "a superuser": apart.admin_url}.get(given, apart.serving_url)
    with pytest.raises(StartError, match=r"the same role|may act as") as refused:
        await migrate(url, migration_url=apart.owner_url)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("place", ["SCHEMA public", "SCHEMA beside", "DATABASE {name}"])
async def test_a_serving_role_that_can_create_tables_is_refused(apart: TwoRoles, place: str) -> None:
    """audit complete: it has no more rights than serving takes. What it could make elsewhere, an operator for example,
    could take the place of what guards the rows."""
    place = place.format(name=apart.name)
    _run(apart, "CREATE SCHEMA beside")
    _run(apart, f"GRANT CREATE ON {place} TO {apart.serving}")
    with pytest.raises(StartError, match=f"REVOKE CREATE ON {place}"):
        await _migrate(apart)


@pytest.mark.parametrize("thing", ["DATABASE {name}", "SCHEMA public", "FUNCTION refuse_rewriting"])
async def test_a_serving_role_that_owns_what_guards_the_trail_is_refused(apart: TwoRoles, thing: str) -> None:
    """audit complete: whoever owns the database, the schema or the function of the trigger could drop it with all that
    hangs on it, whatever rights to create are taken away."""
    await _migrate(apart)
    _run(apart, f"ALTER {thing.format(name=apart.name)} OWNER TO {apart.serving}")
    _run(apart, f"REVOKE CREATE ON SCHEMA public FROM pg_database_owner, {apart.serving}")
    with pytest.raises(StartError, match=f"REASSIGN OWNED BY {apart.serving} TO {apart.owner}"):
        await _migrate(apart)
    _run(apart, f"REASSIGN OWNED BY {apart.serving} TO {apart.owner}")
    assert await _migrate(apart) == []


@pytest.mark.parametrize(
    ("given", "to"),
    [
        ("TRUNCATE", "PUBLIC"),
        ("TRIGGER", "PUBLIC"),
        ("UPDATE (principal)", "PUBLIC"),
        ("ALL", "group"),
        ("pg_write_all_data", "itself"),
    ],
)
async def test_rights_that_come_from_elsewhere_are_refused(apart: TwoRoles, given: str, to: str) -> None:
    """audit complete: a right that PUBLIC or a role it belongs to has is one of the serving role, too."""
    await _migrate(apart)
    group = f"group_of_{apart.serving}"
    _run(apart, f"CREATE ROLE {group}")
    _run(apart, f"GRANT {group} TO {apart.serving}")
    right = given if to == "itself" else f"{given} ON audit_event"
    whom = {"PUBLIC": "PUBLIC", "group": group, "itself": apart.serving}[to]
    _run(apart, f"GRANT {right} TO {whom}")
    try:
        with pytest.raises(StartError, match=f"The role {apart.serving} of database_url has rights to audit_event"):
            await _migrate(apart)
        _run(apart, f"REVOKE {right} FROM {whom}")
        assert await _migrate(apart) == []
    finally:
        _run(apart, f"DROP OWNED BY {group}; DROP ROLE {group}")


async def test_roles_that_are_missing_are_told_in_one_line(apart: TwoRoles) -> None:
    """typed errors: which role is missing, and where it is named."""
    with pytest.raises(StartError, match="There is no role gone, which database_url names"):
        await migrate(apart.url_of("gone"), migration_url=apart.owner_url)
    with pytest.raises(StartError, match='migration_database_url: role "gone" does not exist'):
        await migrate(apart.serving_url, migration_url=apart.url_of("gone"))


async def test_another_database_is_refused(apart: TwoRoles, postgres: EmbeddedServer) -> None:
    """typed errors: both addresses must be of one database."""
    elsewhere = apart.serving_url.replace(apart.name, "postgres")
    with pytest.raises(StartError, match=re.escape(f"names the database {apart.name}, database_url postgres")):
        await migrate(elsewhere, migration_url=apart.owner_url)


async def test_a_wrong_password_is_told_in_one_line(apart: TwoRoles, postgres: EmbeddedServer) -> None:
    """typed errors: whoever cannot come in is told so, without the password, instead of waited for."""
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute(sql.SQL("ALTER ROLE {} PASSWORD 'right'").format(_name(apart.serving)))
        ((file,),) = connection.execute("SHOW hba_file").fetchall()
        rules = Path(file).read_text()
        Path(file).write_text(f"local all {apart.serving} scram-sha-256\n{rules}")
        connection.execute("SELECT pg_reload_conf()")
        try:
            with pytest.raises(StartError, match="does not let in the role of database_url") as refused:
                await migrate(f"{apart.serving_url}&password=wrong", migration_url=apart.owner_url)
            assert await migrate(f"{apart.serving_url}&password=right", migration_url=apart.owner_url) == []
        finally:
            Path(file).write_text(rules)
            connection.execute("SELECT pg_reload_conf()")
    assert "\n" not in str(refused.value)
    assert "wrong" not in str(refused.value)


async def test_a_store_that_is_away_is_waited_for(apart: TwoRoles) -> None:
    """typed errors: an outage is no wrong role."""
    nowhere = f"postgresql://somebody@127.0.0.1:{free_port()}/{apart.name}"
    with pytest.raises(StoreUnavailable):
        await migrate(apart.serving_url, migration_url=nowhere)


def _run(roles: TwoRoles, statement: str) -> None:
    """As an administrator. The names of these roles need no quotes."""
    with psycopg.connect(roles.admin_url, autocommit=True) as connection:
        connection.execute(statement.encode())


def _name(name: str) -> sql.Identifier:
    return sql.Identifier(name)
