"""`modeldex_client.testing`: a real server for the tests of others."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil  # type: ignore[import-untyped] # has no types
import pytest

from modeldex_client import ConnectionFailed, Model, testing
from support.waiting import until

SERVING = """
import sys, time
from modeldex_client import testing
with testing.serve() as server:
    print(server.target, flush=True)
    time.sleep(60)
"""
# The server is found by a path of this environment; a consumer has none.
WITHOUT_SERVER = """
import pathlib, sys
sys.path = [path for path in sys.path if not pathlib.Path(path, "modeldex_server").exists()]
from modeldex_client import testing
with testing.serve(): pass
"""


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where folders are made that a test wants to see."""
    tmp_path.chmod(0o755)  # PostgreSQL may not run as this user
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


async def test_a_server_has_the_models_chosen_and_leaves_nothing(
    scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the environment says of another server."""
    monkeypatch.setenv("MODELDEX_TARGET", "localhost:1")
    monkeypatch.setenv("MODELDEX_TOKEN", "mdx_of_another_server")
    monkeypatch.setenv("MODELDEX_TLS", "1")
    monkeypatch.setenv("MODELDEX_DATABASE_URL", "postgresql://nowhere.invalid/none")
    chosen = [Model(id="acme/one", context_window=8000), Model(id="acme/two")]
    with testing.serve(models=chosen) as server:
        with server.client() as client:
            assert [model.id for model in client.models.list()] == ["acme/one", "acme/two"]
        async with server.async_client() as other:
            assert (await other.models.get("acme/one")).context_window == 8000
    assert list(scratch.iterdir()) == []
    with server.client() as client, pytest.raises(ConnectionFailed):
        client.models.get("acme/one")


def test_a_test_that_fails_leaves_nothing(scratch: Path) -> None:
    with pytest.raises(ZeroDivisionError), testing.serve():
        raise ZeroDivisionError
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize("when", ["while it starts", "while it serves"])
def test_ctrl_c_ends_the_server_and_removes_its_folder(scratch: Path, when: str) -> None:
    program = subprocess.Popen(
        [sys.executable, "-c", SERVING], stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    children: list[psutil.Process] = []
    with program:
        assert program.stdout is not None
        if when == "while it serves":
            assert program.stdout.readline()
        else:
            until(lambda: list(scratch.glob("modeldex-*/*/postmaster.pid")), "PostgreSQL to start")
        children = psutil.Process(program.pid).children(recursive=True)
        os.killpg(program.pid, signal.SIGINT)
        assert program.wait(60) != 0
    until(lambda: not any(map(_runs, children)), "its processes to end")
    assert list(scratch.iterdir()) == []


def _runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != "zombie"
    except psutil.NoSuchProcess:  # it ended between the two questions
        return False


def test_a_server_that_cannot_start_says_why() -> None:
    with (
        pytest.raises(testing.ServerNotStarted, match=r"ended with 1\. It said: .*MODELDEX_LISTNE"),
        testing.serve(settings={"MODELDEX_LISTNE": "x"}),
    ):
        pass


def test_where_the_server_is_not_installed_one_line_says_what_to_install() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT_SERVER], capture_output=True, text=True, check=False)
    assert done.stderr.splitlines()[-1].endswith('pip install "modeldex-client[testing]"'), done.stderr
