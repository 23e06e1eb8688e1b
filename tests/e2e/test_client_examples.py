"""Every example of the client is true: those of its docstrings, in both halves, and those of its README."""

from __future__ import annotations

import ast
import asyncio
import contextlib
import doctest
import inspect
import io
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import pytest

import modeldex_client
from modeldex_client import CapabilityValue, Model, testing
from modeldex_client._async import cache as async_cache
from modeldex_client._async import client as async_client
from modeldex_client._async import discovery as async_discovery
from modeldex_client._async import history as async_history
from modeldex_client._async import models as async_models
from modeldex_client._async import pager as async_pager
from modeldex_client._async import providers as async_providers
from modeldex_client._sync import cache, client, discovery, history, models, pager, providers

SYNC = [cache, client, discovery, history, models, pager, providers, testing]
ASYNC = [async_cache, async_client, async_discovery, async_history, async_models, async_pager, async_providers]
PUBLIC: dict[str, Any] = {name: getattr(modeldex_client, name) for name in modeldex_client.__all__}
README = Path(__file__).parents[2] / "clients/python/README.md"
BLOCKS = re.findall(r"```python\n(.*?)```\n\n```text\n(.*?)```", README.read_text(), re.DOTALL)


@pytest.fixture(scope="module")
def example_server() -> Iterator[testing.Server]:
    """A server with the models that the docstrings speak of, and the catalogue that the README speaks of."""
    vision = {"vision": CapabilityValue(flag=True)}
    chosen = [
        Model(id="acme/one", display_name="One", context_window=8000),
        Model(id="acme/three", capabilities=vision),
        Model(id="acme/two", capabilities=vision),
    ]
    with testing.serve(models=chosen, catalogue=True) as server:
        yield server


def _examples(modules: list[ModuleType]) -> list[doctest.DocTest]:
    finder = doctest.DocTestFinder(exclude_empty=True)
    return [test for module in modules for test in finder.find(module) if test.examples]


@pytest.mark.parametrize("example", _examples(SYNC), ids=lambda example: example.name)
def test_example_of_a_docstring(example: doctest.DocTest, example_server: testing.Server) -> None:
    told = io.StringIO()
    with example_server.client() as client:
        example.globs |= PUBLIC | {"client": client}
        failures, _ = doctest.DocTestRunner(verbose=False).run(example, out=told.write)
    assert not failures, told.getvalue()


@pytest.mark.parametrize("example", _examples(ASYNC), ids=lambda example: example.name)
def test_example_of_an_async_docstring(example: doctest.DocTest, example_server: testing.Server) -> None:
    """As if typed into `python -m asyncio`."""

    async def run() -> None:
        async with example_server.async_client() as client:
            names = PUBLIC | {"client": client}
            for step in example.examples:
                assert await _typed(step.source, names) == step.want

    asyncio.run(run())


async def _typed(source: str, names: dict[str, Any]) -> str:
    """What the interpreter shows for a statement that may await."""
    code = compile(source, "<example>", "single", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown):
        value = FunctionType(code, names)()
        if inspect.iscoroutine(value):
            await value
    return shown.getvalue()


@pytest.mark.parametrize(("code", "output"), BLOCKS, ids=range(1, len(BLOCKS) + 1))
def test_example_of_the_readme(code: str, output: str, example_server: testing.Server, tmp_path: Path) -> None:
    """It prints what stands below it."""
    assert _run(code, example_server, tmp_path) == output


def test_the_readme_shows_what_each_example_prints() -> None:
    assert len(BLOCKS) == README.read_text().count("```python") > 4


def test_example_of_the_package(example_server: testing.Server, tmp_path: Path) -> None:
    code = _indented(modeldex_client, "from modeldex_client import Client")
    assert len(_run(code, example_server, tmp_path).splitlines()) == 10


def test_example_with_pytest(tmp_path: Path) -> None:
    (tmp_path / "test_example.py").write_text(_indented(testing, "import pytest"))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_example.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "1 passed" in done.stdout, done.stdout + done.stderr


def _indented(module: ModuleType, first: str) -> str:
    """The block of code in a docstring that begins with this line."""
    text = inspect.getdoc(module) or ""
    block = re.search(rf"^    {first}\n(?:    .*\n|\n)*", text, re.MULTILINE)
    assert block is not None
    return textwrap.dedent(block[0])


def _run(code: str, server: testing.Server, folder: Path) -> str:
    """What a program prints that finds the server in its environment."""
    (folder / "example.py").write_text(code)
    environment = {"MODELDEX_TARGET": server.target, "PATH": "", "HOME": str(folder)}
    done = subprocess.run(
        [sys.executable, "example.py"], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
