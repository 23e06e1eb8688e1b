"""Consumers in other languages: the tests of each, in its own language, and its watch through killed servers."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from modeldex_client import Client
from modeldex_server.store.embedded import EmbeddedServer
from support.checks import Catalogue
from support.consumers import CONSUMERS, Consumer, Follower, mark
from support.databases import empty_database
from support.models import new_id, plain
from support.servers import ServerProcess
from support.waiting import until

_PROGRAM = str(Path(sys.executable).with_name("modeldex"))
_EVENTS = "SELECT revision, ordinal FROM update_event WHERE revision <= %s ORDER BY 1, 2"
_KILLS, _SAVES = 3, 20


def _add_token(folder: Path, role: str) -> str:
    command = [_PROGRAM, "tokens", "add", f"consumer-{role}", "--role", role, "--data-dir", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout.strip()


@pytest.fixture(scope="module")
def settings(
    postgres: EmbeddedServer, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """What a consumer is told of a server with the packaged catalogue, a reader and a writer."""
    folder = tmp_path_factory.mktemp("consumers")
    reader, writer = (_add_token(folder, role) for role in ("reader", "writer"))
    catalogue = {"MODELDEX_SOURCES__MODELS_DEV__ENABLED": "true"}
    with (
        empty_database(postgres, template) as url,
        ServerProcess(folder, database_url=url, settings=catalogue).start() as server,
    ):
        yield {"MODELDEX_TARGET": server.address, "MODELDEX_TOKEN": reader, "MODELDEX_WRITER_TOKEN": writer}
        assert server.left_behind == []


@pytest.fixture(params=CONSUMERS, ids=lambda consumer: consumer.language)
def consumer(request: pytest.FixtureRequest) -> Consumer:
    """Each of them that this machine can run."""
    consumer: Consumer = request.param
    mark(request, consumer)
    if missing := consumer.missing():
        not_run = f"not run: install {missing}"
        if os.environ.get("REQUIRE_CONSUMERS") == "1":
            pytest.fail(not_run)
        pytest.skip(not_run)
    return consumer


@pytest.mark.timeout(1500)  # the first run of a fresh machine downloads Maven's plugins
def test_the_consumer_passes_its_own_tests(consumer: Consumer, request: pytest.FixtureRequest) -> None:
    """typed stubs in four languages: lists, gets, batches, reads errors by reason, sends a token, keeps a deadline,
    watches."""
    print(consumer.run(request.getfixturevalue("settings")))


@pytest.mark.timeout(1500)
def test_the_consumer_watches_through_killed_servers(consumer: Consumer, database_url: str, tmp_path: Path) -> None:
    """resumable, unique, ordered: the server is killed as it sends, and started again on its port; every update comes
    once, in order."""
    catalogue = Catalogue(database_url)
    with (
        ServerProcess(tmp_path, database_url=database_url).start() as server,
        consumer.following(server.address, tmp_path / "followed") as follower,
    ):
        server.listen = server.address
        for _ in range(_KILLS):
            _save_some(server.address)
            _reaches(follower, catalogue.head)
            _save_some(server.address)
            server.kill()
            server.start()
        _save_some(server.address)
        last = catalogue.head
        _reaches(follower, last)
        expected = catalogue.rows(_EVENTS, [last])
        until(lambda: len(follower.places) >= len(expected), f"{len(expected)} updates")
        assert follower.places == expected
    assert len(expected) > 2 * _KILLS * _SAVES


def _reaches(follower: Follower, revision: int) -> None:
    until(lambda: follower.places[-1:] >= [(revision, 0)], f"a watch to reach revision {revision}", patience=120)


def _save_some(target: str) -> None:
    with Client(target, token="") as client:
        for number in range(_SAVES):
            client.models.save(plain(new_id(), f"model {number}"))
