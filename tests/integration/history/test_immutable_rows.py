"""What nobody rewrites: the audit trail and the versions of models, on a real PostgreSQL."""

from __future__ import annotations

from typing import LiteralString

import psycopg
import pytest

from modeldex_server.ledger.ledger import Ledger
from support.checks import Catalogue
from support.models import plain
from support.writes import save

_PURGE = """
UPDATE model_version SET document = NULL, document_hash = sha256(document), changes = '', purged_at = clock_timestamp()
WHERE version = 1"""


@pytest.fixture
async def written(ledger: Ledger, tables: Catalogue) -> Catalogue:
    """A catalogue with a model of two versions, and two rows in the audit trail."""
    await save(ledger, plain("acme/one", "first"))
    await save(ledger, plain("acme/one", "second"))
    return tables


def _refused(tables: Catalogue, statement: LiteralString, said: str) -> None:
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match=said):
        tables.run(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET principal = 'nobody'",
        "UPDATE audit_event SET id = DEFAULT",
        "DELETE FROM audit_event",
        "DELETE FROM audit_event WHERE id = (SELECT min(id) FROM audit_event)",
        "TRUNCATE audit_event",
        "TRUNCATE audit_event RESTART IDENTITY CASCADE",
        "WITH gone AS (DELETE FROM audit_event RETURNING 1) SELECT count(*) FROM gone",
        """MERGE INTO audit_event a USING (SELECT 1) s ON true WHEN MATCHED THEN DELETE""",
        """INSERT INTO audit_event (id, principal, method, resource, request_id, outcome, reason)
           OVERRIDING SYSTEM VALUE SELECT id, '', '', '', '', '', '' FROM audit_event
           ON CONFLICT (id) DO UPDATE SET principal = 'nobody'""",
    ],
)
async def test_even_the_owner_only_adds_to_the_trail(written: Catalogue, statement: LiteralString) -> None:
    """audit complete: no row is changed or deleted by any statement, whoever runs it."""
    before = written.rows("SELECT * FROM audit_event ORDER BY id")
    assert len(before) == 2
    _refused(written, statement, "the audit trail is only added to")
    assert written.rows("SELECT * FROM audit_event ORDER BY id") == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE model_version SET principal = 'nobody'",
        "UPDATE model_version SET document = NULL WHERE version = 1",
        "UPDATE model_version SET document = 'x' WHERE version = 1",
        "UPDATE model_version SET changes = '' WHERE version = 1",
        "DELETE FROM model_version WHERE version = 1",
        _PURGE.replace("SET document = NULL,", "SET document = NULL, reason = 'another',"),
        _PURGE.replace("SET document = NULL,", "SET document = NULL, committed_at = now(),"),
        _PURGE.replace("document_hash = sha256(document)", "document_hash = NULL"),
        _PURGE.replace("SET document = NULL, ", "SET "),
    ],
)
async def test_a_version_is_written_once(written: Catalogue, statement: LiteralString) -> None:
    """immutable versions: what is no purge is refused, and so is a purge that changes anything else."""
    before = written.rows("SELECT * FROM model_version ORDER BY version")
    _refused(written, statement, "versions of models are immutable")
    assert written.rows("SELECT * FROM model_version ORDER BY version") == before


async def test_a_document_is_purged_once_and_for_good(written: Catalogue) -> None:
    """immutable versions: it goes, its hash stays, and nothing comes in its place."""
    document = written.rows("SELECT document FROM model_version WHERE version = 1")
    written.run(_PURGE)
    assert written.rows(
        "SELECT document, document_hash = sha256(%s) FROM model_version WHERE version = 1", document[0]
    ) == [(None, True)]
    _refused(written, _PURGE, "immutable")
    _refused(written, "UPDATE model_version SET purged_at = NULL, document = 'x' WHERE version = 1", "immutable")


async def test_operators_of_whoever_writes_do_not_decide(written: Catalogue) -> None:
    """immutable versions: what compares the old row with the new one is found where PostgreSQL keeps its own, not on
    the search path of the session."""
    before = written.rows("SELECT * FROM model_version ORDER BY version")
    written.run(
        """CREATE SCHEMA forged;
        CREATE FUNCTION forged.alike(jsonb, jsonb) RETURNS boolean LANGUAGE sql AS 'SELECT true';
        CREATE OPERATOR forged.= (LEFTARG = jsonb, RIGHTARG = jsonb, FUNCTION = forged.alike)"""
    )
    forging = _PURGE.replace("SET document = NULL,", "SET document = NULL, principal = 'nobody',")
    _refused(written, f"SET search_path = forged, pg_catalog, public; {forging}", "immutable")
    assert written.rows("SELECT * FROM model_version ORDER BY version") == before
