"""The PostgreSQL of a data folder, reached beside its server, and a second database in it to compare with."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from modeldex_server.store.migrate import migrate

DATABASE = "postgres"  # the server's own
_BESIDE = "bare"


def url_of(data: Path, database: str) -> str:
    """The connection string of the PostgreSQL that runs in the data folder. Raises FileNotFoundError if none does."""
    lines = _pid_file(data).read_text(encoding="utf-8").splitlines()
    # postmaster.pid: pid, folder, start time, port, socket folder, address, ...
    return make_conninfo(host=lines[4], port=lines[3], user="postgres", dbname=database)


def connect(data: Path, database: str) -> psycopg.Connection:
    """A connection beside the server's own, each statement its own transaction."""
    return psycopg.connect(url_of(data, database), autocommit=True)


@contextmanager
def second_database(data: Path) -> Iterator[psycopg.Connection]:
    """A database beside the server's, same PostgreSQL, same settings, same tables, and empty."""
    with connect(data, DATABASE) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {_BESIDE}".encode())
        connection.execute(f"CREATE DATABASE {_BESIDE}".encode())
    asyncio.run(migrate(url_of(data, _BESIDE)))
    with connect(data, _BESIDE) as connection:
        yield connection


def stop_leftover(data: Path) -> None:
    """Ends a PostgreSQL that its server left behind, as one that was killed does."""
    try:
        pid = int(_pid_file(data).read_text(encoding="utf-8").splitlines()[0])
        os.kill(pid, signal.SIGINT)  # "fast shutdown": ends the sessions, then itself
    except (FileNotFoundError, ProcessLookupError, ValueError, IndexError):
        return


def _pid_file(data: Path) -> Path:
    for found in data.rglob("postmaster.pid"):
        return found
    raise FileNotFoundError("no PostgreSQL runs in the data folder")
