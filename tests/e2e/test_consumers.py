"""Consumers in other languages: the tests of each, in its own language, against a live server."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from modeldex_server.store.embedded import EmbeddedServer
from support.consumers import CONSUMERS, Consumer, mark
from support.databases import empty_database
from support.servers import ServerProcess

_PROGRAM = str(Path(sys.executable).with_name("modeldex"))


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


@pytest.mark.timeout(1500)  # the first run of a fresh machine downloads Maven's plugins
@pytest.mark.parametrize("consumer", CONSUMERS, ids=lambda consumer: consumer.language)
def test_the_consumer_passes_its_own_tests(consumer: Consumer, request: pytest.FixtureRequest) -> None:
    """typed stubs in four languages: lists, gets, batches, reads errors by reason, sends a token, keeps a deadline."""
    mark(request, consumer)
    if missing := consumer.missing():
        not_run = f"not run: install {missing}"
        if os.environ.get("REQUIRE_CONSUMERS") == "1":
            pytest.fail(not_run)
        pytest.skip(not_run)
    print(consumer.run(request.getfixturevalue("settings")))
