"""Reading and comparing versions over a real PostgreSQL."""

from __future__ import annotations

import hashlib
from typing import Any

import psycopg
import pytest
from psycopg import sql

from modeldex.v1 import history_service_pb2 as api
from modeldex.v1 import model_pb2 as pb
from modeldex_server.errors import ModelNotFound, VersionNotFound, VersionPurged
from modeldex_server.history import versions as versions_module
from modeldex_server.history.classification import Rules
from modeldex_server.history.comparing import compare
from modeldex_server.history.versions import Versions
from modeldex_server.ledger.changes import Operation
from modeldex_server.ledger.documents import canonical, encode
from modeldex_server.ledger.ledger import Ledger
from modeldex_server.security.scope import EVERYTHING, Scope
from modeldex_server.store.database import Database
from support.checks import Catalogue
from support.models import plain
from support.writes import delete, save

ID = "acme/one"
PURGE = """
UPDATE model_version SET purged_at = clock_timestamp(), document_hash = sha256(document), document = NULL, changes = ''
WHERE model_id = %s AND version = %s"""


@pytest.fixture
def versions(database: Database) -> Versions:
    return Versions(database)


def named(name: str) -> pb.Model:
    return plain(ID, name)


async def story(ledger: Ledger) -> None:
    """Versions 1 to 5 of a model: created, changed, deleted, undeleted with another name, changed."""
    await save(ledger, named("one"))
    await save(ledger, named("two"))
    await delete(ledger, ID)
    await save(ledger, named("four"))
    await save(ledger, named("five"))


async def test_a_version_is_all_that_was_committed(ledger: Ledger, versions: Versions) -> None:
    """immutable versions: number, revision, time, operation, who, why, what changed, the document and its hash."""
    await story(ledger)
    found = (await versions.get(ID, 2, EVERYTHING)).message()
    assert (found.model_id, found.version, found.revision) == (ID, 2, 2)
    assert (found.operation, found.principal, found.reason) == (Operation.UPDATE, "ann", "for a test")
    assert [change.path for change in found.changes] == ["display_name"]
    assert found.model.display_name == "two"
    assert found.create_time == found.model.update_time
    assert (found.model.version, found.model.revision) == (2, 2)
    assert found.document_hash == hashlib.sha256(encode(canonical(named("two")))).digest()
    assert found.rollback_available
    assert not found.HasField("purge_time")


async def test_the_newest_version_is_asked_for_by_zero(ledger: Ledger, versions: Versions) -> None:
    """HistoryService: 0 is the newest, which of a deleted model is its deletion and shows what was deleted."""
    await story(ledger)
    assert (await versions.get(ID, 0, EVERYTHING)).version == 5
    assert not (await versions.get(ID, 5, EVERYTHING)).message().rollback_available
    await delete(ledger, ID)
    deletion = (await versions.get(ID, 0, EVERYTHING)).message()
    assert (deletion.version, deletion.operation, deletion.document_hash) == (6, Operation.DELETE, b"")
    assert deletion.model.display_name == "five"
    assert not deletion.rollback_available
    assert (await versions.get(ID, 5, EVERYTHING)).message().rollback_available


async def test_equal_documents_have_equal_hashes(ledger: Ledger, versions: Versions) -> None:
    """immutable versions: a hash is of the document in canonical form, whenever it was committed."""
    for name in ("one", "two", "one"):
        await save(ledger, named(name))
    first, second, third = [(await versions.get(ID, number, EVERYTHING)).document_hash for number in (1, 2, 3)]
    assert first == third != second


async def test_a_purged_version_keeps_number_hash_principal_and_time(
    ledger: Ledger, versions: Versions, tables: Catalogue
) -> None:
    """immutable versions: what is purged is the document; it can be compared and put back no more."""
    await story(ledger)
    before = (await versions.get(ID, 2, EVERYTHING)).message()
    tables.run(PURGE, (ID, 2))
    after = (await versions.get(ID, 2, EVERYTHING)).message()
    assert after.HasField("purge_time")
    assert not after.rollback_available
    assert not after.HasField("model")
    for field in ("purge_time", "rollback_available", "model", "changes"):
        before.ClearField(field)
        after.ClearField(field)
    assert after == before
    with pytest.raises(VersionPurged):
        await versions.documents(ID, (2, 5), EVERYTHING)
    # The deletion of what was purged stays one: an empty document.
    assert (await versions.get(ID, 3, EVERYTHING)).shown is None
    assert [one.document for one in await versions.documents(ID, (3,), EVERYTHING)] == [None]


async def test_what_never_was(ledger: Ledger, versions: Versions) -> None:
    """HistoryService: a version that never was is told with the newest there is, and a model that never was as such."""
    await story(ledger)
    with pytest.raises(VersionNotFound) as error:
        await versions.get(ID, 6, EVERYTHING)
    assert error.value.metadata == {"model_id": ID, "version": "6", "newest_version": "5"}
    with pytest.raises(VersionNotFound):
        await versions.documents(ID, (1, 6), EVERYTHING)
    for unknown in ("acme/none", "none", "é" * 300):
        with pytest.raises(ModelNotFound):
            await versions.get(unknown, 1, EVERYTHING)
        with pytest.raises(ModelNotFound):
            await versions.page(unknown, EVERYTHING, size=10)
        with pytest.raises(ModelNotFound):
            await versions.documents(unknown, (1,), EVERYTHING)


async def test_versions_of_other_providers_do_not_exist(ledger: Ledger, versions: Versions) -> None:
    """HistoryService: whoever has no right to a provider is told what it would be told of nothing at all."""
    await story(ledger)
    other = Scope(frozenset({"other"}))
    with pytest.raises(ModelNotFound) as hidden:
        await versions.get(ID, 1, other)
    with pytest.raises(ModelNotFound) as none:
        await versions.get("acme/one", 1, Scope(frozenset()))
    assert str(hidden.value) == str(none.value)
    with pytest.raises(ModelNotFound):
        await versions.page(ID, other, size=10)
    with pytest.raises(ModelNotFound):
        await versions.documents(ID, (1,), other)


async def test_pages_are_newest_first_without_a_gap(ledger: Ledger, versions: Versions) -> None:
    """HistoryService: each version is on one page, also where others come meanwhile."""
    for number in range(1, 8):
        await save(ledger, named(str(number)))
    first = await versions.page(ID, EVERYTHING, size=3)
    await save(ledger, named("later"))
    second = await versions.page(ID, EVERYTHING, below=first.next, size=3)
    third = await versions.page(ID, EVERYTHING, below=second.next, size=3)
    numbers = [[one.version for one in page.versions] for page in (first, second, third)]
    assert numbers == [[7, 6, 5], [4, 3, 2], [1]]
    assert third.next is None
    assert (first.head, second.head) == (7, 8)
    exact = await versions.page(ID, EVERYTHING, size=8)
    assert (len(exact.versions), exact.next) == (8, None)


async def test_a_list_can_be_of_some_operations_and_give_models(ledger: Ledger, versions: Versions) -> None:
    """HistoryService: only versions that did one of these; the whole model of each only where it is asked for."""
    await story(ledger)
    page = await versions.page(ID, EVERYTHING, operations=[Operation.DELETE, Operation.UNDELETE], size=9)
    assert [(one.version, one.operation) for one in page.versions] == [(4, 4), (3, 3)]
    assert [one.message().HasField("model") for one in page.versions] == [False, False]
    assert all(one.document_hash or one.operation == Operation.DELETE for one in page.versions)
    whole = await versions.page(ID, EVERYTHING, include_models=True, size=9)
    assert [one.message().model.display_name for one in whole.versions] == ["five", "four", "two", "two", "one"]
    none = await versions.page(ID, EVERYTHING, operations=[Operation.PIN], size=9)
    assert (none.versions, none.next, none.head) == ([], None, 5)


async def test_versions_are_compared_across_deletions(ledger: Ledger, versions: Versions) -> None:
    """diff laws: a deletion is an empty document; what stands on both its sides is compared as if it were not there."""
    await story(ledger)

    async def paths(first: int, last: int) -> list[str]:
        before, after = await versions.documents(ID, (first, last), EVERYTHING)
        diff = compare(ID, before.version, before.document, after.version, after.document, Rules.packaged())
        return [entry.change.path for entry in diff.entries]

    assert await paths(2, 4) == ["display_name"]
    assert await paths(4, 2) == ["display_name"]
    assert await paths(5, 0) == []
    assert "id" in await paths(2, 3)
    assert await paths(2, 3) == await paths(3, 2)
    assert await paths(3, 3) == []


async def test_the_hundredth_version_reads_as_the_first(ledger: Ledger, versions: Versions, tables: Catalogue) -> None:
    """HistoryService: nothing is put together from versions between: however many there are, rows are found by their
    keys and no others are read."""
    for number in range(1, 121):
        await save(ledger, named(f"name {number}"))
    for number in (1, 100):
        assert (await versions.get(ID, number, EVERYTHING)).message().model.display_name == f"name {number}"
    tables.run("ANALYZE model_version")
    touched = [rows_read(tables, versions_module._GET, {"model_id": ID, "version": number}) for number in (1, 60, 100)]
    assert touched[0] == touched[1] == touched[2] <= 1
    both = rows_read(tables, versions_module._DOCUMENTS, {"model_id": ID, "versions": [1, 100]})
    assert both <= 2
    page = {"model_id": ID, "below": 101, "limit": 11, "operations": None, "include_models": True}
    assert rows_read(tables, versions_module._LIST, page) <= 11


def rows_read(tables: Catalogue, query: Any, parameters: Any) -> int:
    """How many rows of versions a query reads, those that it drops included; however small the table is."""
    with psycopg.connect(tables.url) as connection:
        for way in ("seqscan", "bitmapscan", "sort", "hashjoin", "mergejoin"):
            connection.execute(sql.SQL("SET {} = off").format(sql.Identifier(f"enable_{way}")))
        plan = connection.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + query, parameters).fetchone()
    assert plan is not None
    return sum(_rows_of(plan[0][0]["Plan"]))


def _rows_of(node: Any) -> list[int]:
    own = []
    if node.get("Relation Name") == "model_version":
        rows = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
        own = [round(rows * node["Actual Loops"])]
    return own + [count for below in node.get("Plans", ()) for count in _rows_of(below)]


async def test_a_page_fits_into_a_message(ledger: Ledger, versions: Versions) -> None:
    """HistoryService: most callers take messages of 4 MiB; large versions make short pages, with all of them."""
    for number in range(30):
        await save(ledger, plain(ID, description=f"{number:02}" * 30_000))
    below, found = None, []
    while not found or below is not None:
        page = await versions.page(ID, EVERYTHING, include_models=True, below=below, size=50)
        messages = [version.message() for version in page.versions]
        assert api.ListModelVersionsResponse(versions=messages).ByteSize() < 4 * 1024 * 1024
        found += [version.version for version in messages]
        below = page.next
    assert found == list(range(30, 0, -1))
