"""The audit trail of calls whose callers leave while the store commits."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import grpc
import psycopg
from google.protobuf.duration_pb2 import Duration

from modeldex.v1 import cache_service_pb2 as cache
from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import history_service_pb2 as history
from modeldex_server.store.embedded import EmbeddedServer
from support.api import connect
from support.cache_calls import entry, setting
from support.checks import Catalogue
from support.models import plain
from support.principals import METHODS, Caller
from support.rules import rule
from support.servers import ServerProcess
from support.waiting import eventually, until

_ROWS = """
SELECT method, array_agg(outcome) FROM audit_event
WHERE authentication <> 1 AND method = ANY(%s) GROUP BY method"""


@contextmanager
def _commits_hang(url: str) -> Iterator[None]:
    """Commits are made, and then wait for a standby that does not exist, until the end of the block."""
    with psycopg.connect(url, autocommit=True) as admin:
        try:
            admin.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
            admin.execute("SELECT pg_reload_conf()")
            until(lambda: _hangs(url), "commits that hang")
            yield
        finally:
            admin.execute("ALTER SYSTEM RESET synchronous_standby_names")
            admin.execute("SELECT pg_reload_conf()")


def _hangs(url: str) -> bool:
    """Whether a commit waits now: given up after a moment it is one all the same, with a warning."""
    warnings: list[psycopg.errors.Diagnostic] = []
    with psycopg.connect(url, autocommit=True) as probe:
        probe.add_notice_handler(warnings.append)
        patience = threading.Timer(0.3, probe.cancel_safe)
        patience.start()
        with suppress(psycopg.errors.QueryCanceled):  # a slow machine had not got as far as the commit
            probe.execute("SELECT pg_logical_emit_message(true, 'probe', '')")
        patience.cancel()
        patience.join()
    return bool(warnings)


async def test_a_caller_whose_time_is_up_while_the_store_commits_has_one_row(tmp_path: Path) -> None:
    """audit complete: where the change was made after all its row is the only one, whatever was changed."""
    postgres = EmbeddedServer((tmp_path / "postgres").resolve(), {"fsync": "off"})
    postgres.start()
    requests = [
        discovery.SaveModelRequest(model=plain("acme/slow")),
        discovery.UpdateConfigurationRequest(configuration=discovery.DiscoveryConfiguration(removal_threshold=9)),
        cache.CreateInvalidationRuleRequest(rule=rule("slow")),
        setting("notes", "acme/slow"),
        cache.SetEntryTtlRequest(namespace="notes", key="acme/kept", ttl=Duration(seconds=100)),
        cache.DeleteEntryRequest(namespace="notes", key="acme/gone"),
        history.CleanupHistoryRequest(),
    ]
    names = [METHODS[request.DESCRIPTOR.full_name].name for request in requests]
    try:
        # Each commit that hangs holds a connection, also those of the server itself.
        settings = {"MODELDEX_POOL_SIZE": "50"}
        with ServerProcess(tmp_path / "server", database_url=postgres.url, settings=settings) as server:
            server.start()
            async with connect(server.address) as api:
                caller = Caller(api.channel)
                for key in ("acme/kept", "acme/gone"):
                    await caller.ask(cache.BatchSetEntriesRequest(entries=[entry("notes", key)]))
                with _commits_hang(postgres.url):
                    outcomes = await asyncio.gather(
                        *(caller.ask(request, timeout=5) for request in requests), return_exceptions=True
                    )
                assert all(isinstance(outcome, grpc.aio.AioRpcError) for outcome in outcomes)
                await eventually(lambda: _answers(caller), "the store to answer again")
            assert server.end() == 0
            assert server.left_behind == []
        rows = dict(Catalogue(postgres.url).rows(_ROWS, [names]))
    finally:
        postgres.stop()
    versioned = {"SaveModel", "UpdateConfiguration", "CreateInvalidationRule"}
    assert rows == {name: ["changed" if name in versioned else "done"] for name in names}


async def _answers(caller: Caller) -> bool:
    try:
        await caller.ask(discovery.DeleteModelRequest(id="acme/none"), timeout=5)
    except grpc.aio.AioRpcError as error:
        return error.code() == grpc.StatusCode.NOT_FOUND
    return True
