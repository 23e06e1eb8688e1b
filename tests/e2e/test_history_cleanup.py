"""CleanupHistory of a server: what it says, what it purges, and that nothing finds it any more."""

from __future__ import annotations

import urllib.request
from datetime import timedelta
from pathlib import Path
from typing import Any

import grpc

from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import history_service_pb2 as pb
from modeldex.v1.history_service_pb2_grpc import HistoryServiceStub
from modeldex_server.store.database import Database
from support.ages import age, forget_log
from support.api import connect, problem_of
from support.checks import Catalogue
from support.models import plain
from support.ports import free_port
from support.servers import ServerProcess

ID = "acme/one"


async def test_what_was_purged_is_found_by_nothing(tmp_path: Path, database: Database, database_url: str) -> None:
    """protected versions: with the setting of ten versions the two oldest of twelve go. They can be neither read, nor
    compared, nor put back, nor read as of their time; they are listed with number, hash, principal, operation and time;
    and metrics count them."""
    port = free_port()
    settings = {
        "MODELDEX_HISTORY__KEEP_VERSIONS": "10",
        "MODELDEX_HISTORY__KEEP_DAYS": "1",
        "MODELDEX_HISTORY__CLEANUP": "false",  # but on request
        "MODELDEX_METRICS_LISTEN": f"127.0.0.1:{port}",
    }
    with ServerProcess(tmp_path, database_url=database_url, settings=settings).start() as server:
        async with connect(server.address) as api:
            await _purge_and_look(api.discovery, HistoryServiceStub(api.channel), database, Catalogue(database_url))
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=20) as answer:
            counted = dict(line.rsplit(" ", 1) for line in answer.read().decode().splitlines() if line[0] != "#")
        assert counted["modeldex_history_purged_total"] == "2.0"
        assert counted['modeldex_history_versions_total{operation="create"}'] == "1.0"
        assert counted['modeldex_history_versions_total{operation="update"}'] == "11.0"
        assert counted["modeldex_history_pinned_models"] == "0.0"


async def _purge_and_look(catalogue: Any, history: Any, database: Database, tables: Catalogue) -> None:
    for number in range(12):
        saved = await catalogue.SaveModel(discovery.SaveModelRequest(model=plain(ID, f"{number}")), timeout=20)
    # A server that had not read the log when it is forgotten loads everything anew.
    await catalogue.GetModel(discovery.GetModelRequest(id=ID, min_revision=saved.revision), timeout=20)
    age(tables, timedelta(days=2))
    await forget_log(database)
    before = await versions(history)

    foretold = await history.CleanupHistory(pb.CleanupHistoryRequest(dry_run=True), timeout=20)
    assert await versions(history) == before
    done = await history.CleanupHistory(pb.CleanupHistoryRequest(), timeout=20)
    assert [(one.model_id, one.version) for one in done.examples] == [(ID, 1), (ID, 2)]
    assert done.examples == foretold.examples
    assert (done.purged_versions, done.freed_bytes) == (foretold.purged_versions, foretold.freed_bytes)
    assert (foretold.dry_run, done.dry_run, done.revision) == (True, False, 12)

    for call, request in (
        (history.GetModelVersion, pb.GetModelVersionRequest(model_id=ID, version=2)),
        (history.CompareModelVersions, pb.CompareModelVersionsRequest(model_id=ID, from_version=1)),
        (history.CompareModelVersions, pb.CompareModelVersionsRequest(model_id=ID, from_version=9, to_version=2)),
        (history.RequestRollback, pb.RequestRollbackRequest(model_id=ID, target_version=2, reason="for a test")),
        (catalogue.GetModel, discovery.GetModelRequest(id=ID, as_of_revision=2)),
        (catalogue.ListModels, discovery.ListModelsRequest(as_of_revision=1)),
    ):
        problem = await problem_of(call(request, timeout=20))
        assert (problem.code, problem.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "VERSION_PURGED"), request
    third = await catalogue.GetModel(discovery.GetModelRequest(id=ID, as_of_revision=3), timeout=20)
    assert third.model.version == 3

    after = await versions(history)
    assert [one.version for one in after if one.HasField("purge_time")] == [2, 1]
    for one, old in zip(after[-2:], before[-2:], strict=True):
        assert not one.HasField("model")
        assert not one.rollback_available
        one.ClearField("purge_time")
        assert stays(one) == stays(old)
    assert after[:-2] == before[:-2]
    tables.check()


async def versions(history: Any) -> list[Any]:
    """All versions, the newest first."""
    request = pb.ListModelVersionsRequest(model_id=ID, include_models=True)
    return list((await history.ListModelVersions(request, timeout=20)).versions)


def stays(version: Any) -> tuple[Any, ...]:
    """What a purge leaves of a version."""
    return (
        version.version,
        version.revision,
        version.create_time,
        version.operation,
        version.principal,
        version.reason,
        version.document_hash,
    )
