"""The bare thing of a save: the rows that one save writes, as plain statements in one transaction and one pipeline.

It runs on the tables of the server's own migrations, in a database beside the server's. It decides nothing: no
document is compared, nothing is read back.
"""

from __future__ import annotations

import uuid

import psycopg

from modeldex.v1 import model_pb2

Connection = psycopg.AsyncConnection[tuple[object, ...]]

_PREPARE = """
INSERT INTO model (id, provider_id, version, revision, created_at, live, private)
VALUES (%(id)s, 'bench', 0, 0, clock_timestamp(), true, true)
ON CONFLICT DO NOTHING"""

# In the order of a save: the answer given before, the model's row, the counter row as the last lock, then new rows.
_STATEMENTS = (
    "SELECT answer FROM request WHERE principal = 'bench' AND request_id = %(request_id)s",
    "SELECT version FROM model WHERE id = %(id)s FOR UPDATE",
    "UPDATE ledger_head SET revision = revision + 1, committed_at = clock_timestamp()",
    """INSERT INTO revision (revision, committed_at, principal, source_id, reason)
       SELECT revision, committed_at, 'bench', '', '' FROM ledger_head""",
    """UPDATE model SET version = version + 1, revision = (SELECT revision FROM ledger_head), terms = %(terms)s,
              search_text = %(text)s, name_key = %(text)s, price_input = 1.25, context_window = 128000
        WHERE id = %(id)s""",
    """INSERT INTO model_version (model_id, version, revision, operation, document, changes, principal, source_id,
                                  reason, created_at, committed_at)
       SELECT m.id, m.version, h.revision, 2, %(document)s, %(changes)s, 'bench', '', '', m.created_at, h.committed_at
         FROM model m, ledger_head h WHERE m.id = %(id)s""",
    """INSERT INTO update_event (revision, ordinal, kind, type, provider_id, model_id, version, previous_version)
       SELECT h.revision, 0, 10, 2, 'bench', m.id, m.version, m.version - 1
         FROM model m, ledger_head h WHERE m.id = %(id)s""",
    """INSERT INTO audit_event (principal, method, resource, request_id, outcome, before_version, after_version,
                                revision, reason)
       SELECT 'bench', 'SaveModel', m.id, %(request_id)s, 'changed', m.version - 1, m.version, h.revision, ''
         FROM model m, ledger_head h WHERE m.id = %(id)s""",
    """INSERT INTO request (principal, request_id, payload_hash, answer, model_id, model_version, revision)
       SELECT 'bench', %(request_id)s, %(hash)s, %(hash)s, m.id, m.version, h.revision
         FROM model m, ledger_head h WHERE m.id = %(id)s""",
)


async def prepare(connection: Connection, model_id: str) -> None:
    """Makes the model's row, which the transactions then update."""
    await connection.execute(_PREPARE, {"id": model_id})


async def write(connection: Connection, model: model_pb2.Model) -> None:
    """Writes a version of the model; durable when it returns."""
    document = model.SerializeToString()
    parameters = {
        "id": model.id,
        "request_id": str(uuid.uuid4()),
        "terms": [f"cap:{name}" for name in model.capabilities],
        "text": f"{model.id}\n{model.display_name}".casefold(),
        "document": document,
        "changes": document[:60],
        "hash": document[:32],
    }
    async with connection.pipeline(), connection.transaction():
        for statement in _STATEMENTS:
            await connection.execute(statement, parameters)
