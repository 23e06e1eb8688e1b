"""kill -9 of the server and of PostgreSQL while callers save."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import signal
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import grpc

from modeldex.v1 import discovery_service_pb2 as pb
from modeldex_server.store.embedded import EmbeddedServer
from support.api import Api, connect, read_problem
from support.checks import Catalogue
from support.models import plain
from support.servers import ServerProcess

WRITERS = 8
KILLS = 4
# Errors that say that nothing was changed.
DENIALS = {"STORE_UNAVAILABLE", "WRITE_CONTENTION", "NOT_READY", "DRAINING"}


@dataclass
class History:
    """What callers were told, by the name that each save gave its model: no two saves give the same."""

    acknowledged: dict[str, tuple[str, int, int]] = field(default_factory=dict)  # (model, version, revision)
    denied: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    names: itertools.count[int] = field(default_factory=itertools.count)


class Writer:
    """Saves without end. A patient writer sends a save again, with its request_id, until it knows what became of it."""

    def __init__(self, api: Api, number: int, history: History) -> None:
        self.api = api
        self.number = number
        self.patient = number % 2 == 0
        self.history = history

    async def run(self, ending: asyncio.Event) -> None:
        while not ending.is_set():
            name = f"save {next(self.history.names)}"
            # A model of its own and one that all share, by turns.
            model_id = "kill/shared" if self.number % 3 == 0 else f"kill/own-{self.number}"
            request = pb.SaveModelRequest(model=plain(model_id, name))
            if self.patient:
                request.request_id = str(uuid.uuid4())
                await self._save_until_known(name, request)
            else:
                await self._save(name, request)

    async def _save_until_known(self, name: str, request: pb.SaveModelRequest) -> None:
        while not await self._save(name, request):
            await asyncio.sleep(0.1)
        self.history.unknown.discard(name)
        self.history.denied.discard(name)

    async def _save(self, name: str, request: pb.SaveModelRequest) -> bool:
        try:
            answer = await self.api.discovery.SaveModel(request, timeout=10)
        except grpc.aio.AioRpcError as error:
            denied = read_problem(error).reason in DENIALS
            (self.history.denied if denied else self.history.unknown).add(name)
            await asyncio.sleep(0.05)
            return False
        self.history.acknowledged[name] = (answer.model.id, answer.model.version, answer.revision)
        return True


async def test_what_was_acknowledged_survives_every_kill(tmp_path: Path) -> None:
    """nothing acknowledged is lost, one transaction, done once: with kill -9 of the server and of PostgreSQL by turns
    in the middle of saves by eight callers, every acknowledged version is there, a save of unknown outcome is there
    whole or not at all, one that was said to have changed nothing changed nothing, and one that was sent again with
    its request_id was done once."""
    with ServerProcess(tmp_path) as server:
        server.start()
        server.listen = server.address
        database = EmbeddedServer((tmp_path / "postgres").resolve())
        tables, history, ending = Catalogue(database.url), History(), asyncio.Event()
        async with contextlib.AsyncExitStack() as stack:
            apis = [await stack.enter_async_context(connect(server.address)) for _ in range(WRITERS)]
            writers = [Writer(api, number, history) for number, api in enumerate(apis)]
            running = [asyncio.create_task(writer.run(ending)) for writer in writers]
            for turn in range(KILLS):
                await more_acknowledged(history, 60)
                if turn % 2:
                    server.kill()
                    await asyncio.to_thread(server.start)
                else:
                    kill_postgres(tmp_path)
            await more_acknowledged(history, 60)
            ending.set()
            await asyncio.gather(*running)
        check_history(tables, history)
        tables.check()


async def more_acknowledged(history: History, number: int) -> None:
    """Until so many more saves were acknowledged."""
    wanted = len(history.acknowledged) + number
    async with asyncio.timeout(100):
        while len(history.acknowledged) < wanted:
            await asyncio.sleep(0.005)


def kill_postgres(folder: Path) -> None:
    """kill -9 of PostgreSQL's first process; the others end when they miss it."""
    pid = int((folder / "postgres" / "postmaster.pid").read_text().split("\n", 1)[0])
    os.kill(pid, signal.SIGKILL)


def check_history(tables: Catalogue, history: History) -> None:
    """What callers were told against what is in the tables."""
    kept: dict[str, list[tuple[str, int, int]]] = {}
    for model_id in ("kill/shared", *(f"kill/own-{number}" for number in range(WRITERS))):
        revisions = dict(tables.rows("SELECT version, revision FROM model_version WHERE model_id = %s", [model_id]))
        for version, document in tables.documents(model_id).items():
            assert document is not None
            kept.setdefault(document.display_name, []).append((model_id, version, revisions[version]))
    assert all(kept.get(name) == [told] for name, told in history.acknowledged.items())
    assert sorted(kept.keys() & history.denied) == []
    assert all(len(kept.get(name, ())) <= 1 for name in history.unknown)
    assert kept.keys() <= history.acknowledged.keys() | history.unknown
    answers = "SELECT model_id, model_version, revision FROM request"
    assert set(tables.rows(answers)) <= {told for tolds in kept.values() for told in tolds}


async def test_a_first_start_that_was_killed_is_made_good(tmp_path: Path) -> None:
    """nothing acknowledged is lost: kill -9 at several moments of the first start; the next start serves."""
    for moment in (0.6, 1.0, 1.4):
        server = ServerProcess(tmp_path).launch()
        await asyncio.sleep(moment)
        server.kill()
    with ServerProcess(tmp_path) as server:
        server.start()
        async with connect(server.address) as api:
            answer = await api.discovery.SaveModel(pb.SaveModelRequest(model=plain("acme/one")))
            assert answer.revision == 1
