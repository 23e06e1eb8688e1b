"""One server a data folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from modeldex_server.errors import StartError
from modeldex_server.store.folder import FolderLock

HOLD = """
import sys, time
from pathlib import Path
from modeldex_server.store.folder import FolderLock
lock = FolderLock(Path(sys.argv[1]), "localhost:1234")
print("held", flush=True)
time.sleep(60)
"""


def test_a_second_server_is_refused_with_the_address_of_the_first(tmp_path: Path) -> None:
    with FolderLock(tmp_path / "data", "localhost:0") as lock:
        lock.tell("localhost:4711")
        with pytest.raises(StartError) as raised:
            FolderLock(tmp_path / "data", "localhost:2")
    assert f"a server on localhost:4711 (process {os.getpid()})" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_folder_is_free_again_when_its_server_ends_and_when_it_is_killed(tmp_path: Path) -> None:
    with FolderLock(tmp_path, "localhost:1"):
        pass
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    holder.stdout.readline()
    with pytest.raises(StartError, match="localhost:1234"):
        FolderLock(tmp_path, "localhost:2")
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    holder.stdout.close()
    FolderLock(tmp_path, "localhost:3").close()


def test_a_folder_that_cannot_be_made_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StartError, match="cannot be used"):
        FolderLock(tmp_path / "file" / "data", "localhost:1")
