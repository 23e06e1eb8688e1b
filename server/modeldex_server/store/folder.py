"""The lock of the data folder: one `modeldex serve` a folder."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from modeldex_server.errors import StartError


class FolderLock:
    """Holds a data folder as long as it lives; the kernel lets go of it when the process dies, however it dies.

    The file `lock` says who holds it: the process id and the address it listens on.
    """

    def __init__(self, data_dir: Path, address: str) -> None:
        """Makes the folder where it is missing. Raises StartError where another server holds it."""
        self._stream = _open(data_dir)
        try:
            fcntl.flock(self._stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = _holder(self._stream)
            self._stream.close()
            raise StartError(
                f"The data folder {data_dir} is in use by {holder}: stop that one, or give --data-dir another folder."
            ) from None
        self.tell(address)

    def tell(self, address: str) -> None:
        """Says under which address the holder listens."""
        self._stream.seek(0)
        self._stream.truncate()
        self._stream.write(f"{os.getpid()} {address}\n")
        self._stream.flush()

    def close(self) -> None:
        """Lets go of the folder."""
        # The file stays: removing it would let two servers lock two files of one name.
        with suppress(OSError):
            self._stream.truncate(0)
        self._stream.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _open(data_dir: Path) -> IO[str]:
    try:
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Opened to append: a second server must read what the first wrote, not erase it.
        return (data_dir / "lock").open("a+")
    except OSError as error:
        raise StartError(f"The data folder {data_dir} cannot be used: {error.strerror}.") from None


def _holder(stream: IO[str]) -> str:
    stream.seek(0)
    pid, _, address = stream.read().strip().partition(" ")
    return f"a server on {address} (process {pid})" if address else "another server"
