"""Two servers on one data folder."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import psutil
import pytest

from modeldex.v1 import discovery_service_pb2 as pb
from support.api import connect
from support.models import plain
from support.servers import ServerProcess
from support.waiting import until

_COMES_UP = "postgres/postmaster.pid"  # while PostgreSQL does, and as long as it runs


def test_a_second_server_is_refused_and_told_who_holds_the_folder(tmp_path: Path) -> None:
    """one server a folder: the second ends at once, in one line that names the first's address and what to do; the
    first goes on; once it has ended, or was killed, another may have the folder."""
    folder = tmp_path / "data"
    with ServerProcess(folder) as first:
        first.start()
        second = ServerProcess(folder)
        second.prefix = "second"
        second.launch()
        until(lambda: second.exit_code is not None, "the second server to give up")
        assert second.exit_code != 0
        line = second.errors.strip()
        assert first.address in line
        assert "--data-dir" in line
        assert "\n" not in line
        assert "Traceback" not in line
        assert asyncio.run(saves(first.address)) == 1
        first.kill()
        with ServerProcess(folder) as third:
            third.prefix = "third"
            third.start()
            assert asyncio.run(saves(third.address)) == 1  # equal: still version 1


@pytest.mark.parametrize("sign", ["postgres.new/base", _COMES_UP])
def test_a_server_that_is_ended_while_it_starts_leaves_nothing_behind(tmp_path: Path, sign: str) -> None:
    """Told to end while its PostgreSQL is being created, or comes up, it takes that with it; the folder is as good as
    before."""
    folder = tmp_path / "data"
    with ServerProcess(folder) as server:
        server.launch()
        # The first is there for a moment only.
        until(lambda: any((folder / each).exists() for each in (sign, _COMES_UP)), f"{sign} to be there")
        server.ask_to_end()
        assert server.wait_for_end() in (0, 128 + signal.SIGTERM)
        assert "Traceback" not in server.errors
        until(lambda: not left_running(folder), "PostgreSQL to be gone")
        assert server.start().exit_code is None


def left_running(folder: Path) -> list[int]:
    """The processes that have the folder's data open."""
    return [process.pid for process in psutil.process_iter(["cmdline"]) if names(process.info["cmdline"], folder)]


def names(command: list[str] | None, folder: Path) -> bool:
    return any(str(folder / "postgres") in word for word in command or ())


async def saves(address: str) -> int:
    """The version of one model after saving it."""
    async with connect(address) as api:
        answer = await api.discovery.SaveModel(pb.SaveModelRequest(model=plain("acme/one")), timeout=20)
        return int(answer.model.version)


def test_a_port_that_is_taken_is_refused(tmp_path: Path, database_url: str) -> None:
    """one server a folder: two folders, one port: the second is refused in one line that names the port."""
    with ServerProcess(tmp_path / "first", database_url=database_url) as first:
        first.start()
        second = ServerProcess(tmp_path / "second", database_url=database_url, listen=first.address).launch()
        until(lambda: second.exit_code is not None, "the second server to give up")
        assert second.exit_code != 0
        assert first.address in second.errors
        assert "Traceback" not in second.errors
