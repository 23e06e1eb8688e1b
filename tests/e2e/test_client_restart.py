"""Servers that come and go under the Python client."""

from __future__ import annotations

import asyncio
import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from modeldex_client import AsyncClient, Client, ConnectionFailed, ModeldexError, Unavailable
from support.checks import Catalogue
from support.models import new_id, plain
from support.ports import free_port
from support.servers import ServerProcess
from support.waiting import until


@pytest.fixture
def replicas(database_url: str, tmp_path: Path) -> Iterator[list[ServerProcess]]:
    """Two servers that keep their addresses, as behind one name."""
    Catalogue(database_url).run("UPDATE discovery_state SET running = false")
    with (
        _keeping_its_address(tmp_path / "first", database_url) as first,
        _keeping_its_address(tmp_path / "second", database_url) as second,
    ):
        yield [first.wait_until_ready(), second.wait_until_ready()]


def _keeping_its_address(folder: Path, url: str) -> ServerProcess:
    """A server that is launched, on a port that nobody is given while it is away."""
    return ServerProcess(folder, database_url=url, listen=f"127.0.0.1:{free_port()}").launch()


class Load:
    """Calls one after the other, until it is told to end; notes what failed."""

    def __init__(self) -> None:
        self.done = 0
        self.failures: list[ModeldexError] = []
        self.ending = threading.Event()

    def run(self, target: str) -> None:
        """With the sync client."""
        with Client(target, token="") as client:
            for number in itertools.count():
                if self.ending.is_set():
                    return
                with self._noting():
                    client.models.save(plain("acme/one", f"{number}"))
                    client.models.get("acme/one", min_revision=client.revision)

    async def run_async(self, target: str) -> None:
        """With the async client."""
        async with AsyncClient(target, token="") as client:
            for number in itertools.count():
                if self.ending.is_set():
                    return
                with self._noting():
                    await client.models.save(plain("acme/two", f"{number}"))
                    await client.models.get("acme/two", min_revision=client.revision)

    @contextmanager
    def _noting(self) -> Iterator[None]:
        try:
            yield
            self.done += 1
        except ModeldexError as error:
            self.failures.append(error)


def test_replicas_that_are_restarted_one_after_the_other_fail_no_call(replicas: list[ServerProcess]) -> None:
    """Retries carry calls from a server that drains to the other: none fails, in either half."""
    target = "ipv4:" + ",".join(server.listen for server in replicas)
    loads = [Load(), Load()]
    threads = [
        threading.Thread(target=loads[0].run, args=(target,)),
        threading.Thread(target=lambda: asyncio.run(loads[1].run_async(target))),
    ]
    for thread in threads:
        thread.start()
    try:
        for server in replicas:
            _wait_for_calls(loads)
            assert server.end() == 0
            server.start()
        _wait_for_calls(loads)
    finally:
        for load in loads:
            load.ending.set()
        for thread in threads:
            thread.join(60)
    assert [str(error) for load in loads for error in load.failures] == []


def _wait_for_calls(loads: list[Load]) -> None:
    before = [load.done for load in loads]
    until(lambda: all(load.done > was + 20 for load, was in zip(loads, before, strict=True)), "calls to be made")


def test_a_server_that_was_away_is_found_again(replicas: list[ServerProcess]) -> None:
    """While it is away calls fail within seconds, in one line; when it is back, the same client works on."""
    server = replicas[0]
    with Client(server.listen, token="") as client:
        model = plain(new_id(), "One")
        client.models.save(model)
        server.kill()
        began = time.monotonic()
        with pytest.raises(ConnectionFailed, match=r"connection was refused|connection was lost|hung up"):
            client.models.get(model.id)
        assert time.monotonic() - began < 9  # of the ten that a call may take
        server.start()
        assert until(lambda: _name(client, model.id), "the server to be found again") == "One"


def _name(client: Client, model_id: str) -> str:
    try:
        return client.models.get(model_id).display_name
    except Unavailable:
        return ""
