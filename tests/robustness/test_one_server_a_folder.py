"""Two servers on one data folder."""

from __future__ import annotations

import asyncio
from pathlib import Path

from modeldex.v1 import discovery_service_pb2 as pb
from support.api import connect
from support.models import plain
from support.servers import ServerProcess
from support.waiting import until


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
