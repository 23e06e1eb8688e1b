"""Checkers: what must hold in the tables of a catalogue whatever has happened to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from typing import Any, LiteralString

import psycopg

from modeldex.v1 import model_pb2, update_pb2
from modeldex_server.ledger import diff
from modeldex_server.ledger.documents import encode

_REVISIONS = "SELECT revision, committed_at FROM revision ORDER BY revision"
_EVENTS = "SELECT revision, ordinal, kind, type, model_id, version, previous_version FROM update_event ORDER BY 1, 2"
_CAPABILITY_EVENTS = "SELECT body FROM update_event WHERE kind = 12 AND NOT external ORDER BY revision, ordinal"
_LIVE_DOCUMENTS = """
SELECT v.document FROM model m JOIN model_version v ON v.model_id = m.id AND v.version = m.version WHERE m.live"""
_VERSIONS = """
SELECT model_id, version, revision, operation, document, changes, principal, source_id, document_hash, purged_at
FROM model_version ORDER BY model_id, version"""
_MODELS = "SELECT id, version, revision, live, provider_id, kept_from FROM model"
_ADDED, _UPDATED, _REMOVED, _CAPABILITIES = 1, 2, 3, 4
_EVENT_TYPES = {
    1: {_ADDED},
    2: {_UPDATED, _CAPABILITIES},
    3: {_REMOVED},
    4: {_ADDED},
    5: {_ADDED, _UPDATED, _CAPABILITIES},
    6: {_UPDATED, _CAPABILITIES},
    7: {_UPDATED, _CAPABILITIES},
}


class Catalogue:
    """The tables of a catalogue, read from a connection of the test's own."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._moment: psycopg.Connection[tuple[Any, ...]] | None = None

    def rows(self, query: LiteralString, parameters: Sequence[object] | None = None) -> list[tuple[Any, ...]]:
        """What a query gives."""
        if self._moment is not None:
            return self._moment.execute(query, parameters).fetchall()
        with psycopg.connect(self.url, autocommit=True) as connection:
            return connection.execute(query, parameters).fetchall()

    def run(self, statement: LiteralString, parameters: Sequence[object] | None = None) -> None:
        """Run a statement, past the server."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement, parameters)

    def rewrite(self, statement: LiteralString, parameters: Sequence[object] | None = None) -> None:
        """Run a statement as only whoever owns the database can: what keeps history as it is looks away."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute(statement, parameters)

    @property
    def head(self) -> int:
        """The last revision."""
        return int(self.rows("SELECT revision FROM ledger_head")[0][0])

    @property
    def compacted(self) -> int:
        """The revision up to which the log may have forgotten."""
        return int(self.rows("SELECT compacted FROM ledger_head")[0][0])

    def traces(self) -> tuple[int, ...]:
        """How many versions, events and revisions there are, and the last revision."""
        tables = ("model_version", "update_event", "revision", "model")
        return (*(self.rows(f"SELECT count(*) FROM {table}")[0][0] for table in tables), self.head)

    def documents(self, model_id: str) -> dict[int, model_pb2.Model | None]:
        """The documents of a model by version; None for a deletion."""
        rows = self.rows("SELECT version, document FROM model_version WHERE model_id = %s", [model_id])
        return {version: model_pb2.Model.FromString(data) if data is not None else None for version, data in rows}

    def check(self) -> None:
        """Everything, as of one moment, so that writes may go on meanwhile."""
        with self._one_moment():
            self.check_log()
            self.check_versions()
            self.check_counts()
            self.check_capabilities()

    @contextmanager
    def _one_moment(self) -> Iterator[None]:
        with psycopg.connect(self.url) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            self._moment = connection
            try:
                yield
            finally:
                self._moment = None

    def check_log(self) -> None:
        """gap-free log: revisions 1..head that are not compacted, each with events 0..n-1, by their times."""
        revisions = self.rows(_REVISIONS)
        assert [number for number, _ in revisions] == list(range(self.compacted + 1, self.head + 1))
        times = [moment for _, moment in revisions]
        assert times == sorted(set(times))
        ordinals = defaultdict(list)
        for revision, ordinal, *_ in self.rows(_EVENTS):
            ordinals[revision].append(ordinal)
        assert sorted(ordinals) == [number for number, _ in revisions]
        assert all(found == list(range(len(found))) for found in ordinals.values())

    def check_versions(self) -> None:
        """version chain, one transaction: versions 1..n, each with its changes, its event and its head."""
        versions: dict[str, list[Any]] = defaultdict(list)
        for row in self.rows(_VERSIONS):
            versions[row[0]].append(row)
        heads = {row[0]: row for row in self.rows(_MODELS)}
        events = {(row[4], row[5]): row for row in self.rows(_EVENTS) if row[5] is not None}
        compacted = self.compacted
        assert versions.keys() == heads.keys()
        assert events.keys() == {(row[0], row[1]) for rows in versions.values() for row in rows if row[2] > compacted}
        for model_id, rows in versions.items():
            assert [row[1] for row in rows] == list(range(1, len(rows) + 1)), model_id
            assert [row[2] for row in rows] == sorted({row[2] for row in rows}), model_id
            last = rows[-1]
            assert heads[model_id][1:4] == (last[1], last[2], last[4] is not None), model_id
            _check_chain(rows)
            assert all(row[1] >= heads[model_id][5] for row in rows if row[4] is not None), model_id
            for row in (row for row in rows if row[2] > compacted):
                event = events[row[0], row[1]]
                assert event[0] == row[2]
                assert event[3] in _EVENT_TYPES[row[3]], (model_id, row[1])
                assert event[6] == row[1] - 1

    def check_counts(self) -> None:
        """The counted models of each provider are those that are live, and every change by a caller is audited."""
        counted = dict(self.rows("SELECT id, live_models FROM provider WHERE live_models <> 0"))
        assert counted == dict(self.rows("SELECT provider_id, count(*) FROM model WHERE live GROUP BY 1"))
        missing = """
            SELECT revision FROM revision r WHERE source_id = ''
            AND NOT EXISTS (SELECT FROM audit_event a WHERE a.revision = r.revision
                            AND a.outcome IN ('changed', 'ROLLBACK_STALE', 'ROLLBACK_EXPIRED'))"""
        assert self.rows(missing) == []
        half = """
            SELECT request_id FROM request q
            WHERE NOT EXISTS (SELECT FROM audit_event a WHERE a.request_id = q.request_id)"""
        assert self.rows(half) == []

    def check_capabilities(self) -> None:
        """capability events: what models gained and lost, one after the other, is what they have."""
        if self.compacted:
            return
        told: dict[str, set[str]] = defaultdict(set)
        for (body,) in self.rows(_CAPABILITY_EVENTS):
            update = update_pb2.CapabilityUpdate.FromString(body)
            having = told[update.capability]
            gained, lost, changed = update.gained_model_ids, update.lost_model_ids, update.changed_model_ids
            assert not having & set(gained), update
            assert having >= {*lost, *changed}, update
            assert all(list(ids) == sorted(set(ids)) for ids in (gained, lost, changed)), update
            having |= set(gained)
            having -= set(lost)
        had: dict[str, set[str]] = defaultdict(set)
        for (data,) in self.rows(_LIVE_DOCUMENTS):
            document = model_pb2.Model.FromString(data)
            for name in document.capabilities:
                had[name].add(document.id)
        assert {name: ids for name, ids in told.items() if ids} == had


def _check_chain(rows: list[Any]) -> None:
    before: model_pb2.Model | None = None
    purged: bytes | None = None  # the hash of the document before, where that is not kept
    for row in rows:
        document = model_pb2.Model.FromString(row[4]) if row[4] is not None else None
        changes = update_pb2.ModelUpdate.FromString(row[5]).changes
        if document is not None and purged is not None:
            back = encode(diff.apply(document, diff.inverse(changes)))
            assert sha256(back).digest() == purged, row[:4]
        elif before is not None and document is not None:
            assert diff.apply(before, changes) == document, row[:4]
        else:
            # It came, went or came back, and the document itself is the change; or it was purged with its changes.
            assert not changes, row[:4]
        before, purged = document, row[8]
        assert (row[8] is None) == (row[9] is None), row[:4]
        assert row[9] is None or (document is None and row[3] != 3 and len(row[8]) == 32), row[:4]
