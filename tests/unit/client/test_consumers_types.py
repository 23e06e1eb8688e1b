"""A program of a consumer is checked by its types, with `mypy --strict`."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
README = (ROOT / "clients/python/README.md").read_text()
PROGRAM = """
from modeldex_client import AsyncClient, AsyncPager, Client, ListModelsResponse, Model, ModelSortField, RefreshResult
from modeldex_client import CacheEntry, CacheEvent, InvalidationRule, ReplicaChange, UpdateEvent
from modeldex_client import ModelChange, ModelDiff, ModelVersion, Rollback

def sync(client: Client) -> None:
    model: Model = client.models.get("acme/one")
    order = ModelSortField.MODEL_SORT_FIELD_INPUT_PRICE
    ids: list[str] = [one.id for one in client.models.list(sort_field=order)]
    totals: list[int] = [page.total_size for page in client.models.list().pages()]
    results: list[RefreshResult] = list(client.providers.refresh_all())
    updates: list[UpdateEvent] = list(client.watch(kinds="model"))
    revisions: list[int] = [message.revision for message in client.watch(kinds=["model", "lifecycle"]).messages()]
    entry: CacheEntry = client.cache.set("acme/one", model, namespace="own", metadata={"team": "search"})
    entries: list[CacheEntry] = list(client.cache.list())
    events: list[CacheEvent] = list(client.cache.events())
    rules: list[InvalidationRule] = client.cache.rules.list()
    versions: list[ModelVersion] = list(client.history.versions("acme/one"))
    past: list[ModelChange] = list(client.history.changes(paths="prices"))
    asked: Rollback = client.history.rollbacks.request("acme/one", 1, reason="why")
    client.history.pin("acme/one", {"context_window": 8_000, "family": None}, reason="why")
    client.history.pin("acme/one", ["prices", "tags"], reason="why")
    with client.replica() as replica:
        found: Model | None = replica.get("acme/one")
        changes: list[ReplicaChange] = list(replica.changes())

async def other(client: AsyncClient) -> None:
    pager: AsyncPager[Model, ListModelsResponse] = client.models.list()
    models: list[Model] = [model async for model in pager]
    model: Model = await client.models.get("acme/one")
    results: list[RefreshResult] = [result async for result in client.providers.refresh_all()]
    updates: list[UpdateEvent] = [update async for update in client.watch()]
    revisions: list[int] = [message.revision async for message in client.watch().messages()]
    entry: CacheEntry = await client.cache.get("acme/one")
    entries: list[CacheEntry] = [entry async for entry in client.cache.list()]
    events: list[CacheEvent] = [event async for event in client.cache.events()]
    diff: ModelDiff = await client.history.compare("acme/one", 1)
    rollbacks: list[Rollback] = [one async for one in client.history.rollbacks.list()]
    async with client.replica() as replica:
        found: Model | None = replica.get("acme/one")
        changes: list[ReplicaChange] = [change async for change in replica.changes()]
"""
WRONG = """
from modeldex_client import AsyncClient, Client

def sync(client: Client) -> None:
    client.models.get(1)
    client.models.list(sort_field="price")
    client.watch(kinds="models")
    client.cache.set("acme/one", 1, namespace="own")
    client.history.rollbacks.approve("rb_1")

async def other(client: AsyncClient) -> None:
    client.models.get("acme/one").id
"""


def _check(folder: Path, *programs: str) -> list[str]:
    """The lines in which mypy finds an error."""
    for number, program in enumerate(programs):
        (folder / f"program{number}.py").write_text(program)
    paths = os.pathsep.join(str(ROOT / path) for path in ("clients/python", "generated/python"))
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(folder / "cache"), *folder.glob("*.py")],
        cwd=folder,
        env={**os.environ, "MYPYPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.stderr, done.stderr
    return [line for line in done.stdout.splitlines() if ": error:" in line]


@pytest.mark.timeout(300)
def test_programs_are_typed_and_mistakes_are_found(tmp_path: Path) -> None:
    """Also the examples of the README; both halves."""
    examples = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    found = _check(tmp_path, WRONG, PROGRAM, *examples)
    assert [re.sub(r": error: .*\[(.*)\]$", r" \1", line) for line in found] == [
        "program0.py:5 arg-type",
        "program0.py:6 arg-type",
        "program0.py:7 arg-type",
        "program0.py:8 arg-type",
        "program0.py:9 arg-type",
        "program0.py:12 attr-defined",
    ]


def test_the_distributions_are_of_one_release() -> None:
    """The client asks for the stubs and the server of its own release."""
    import modeldex_client

    release = modeldex_client.__version__
    client, stubs, root = (
        tomllib.loads((ROOT / folder / "pyproject.toml").read_text())["project"]
        for folder in ("clients/python", "generated/python", ".")
    )
    assert stubs["version"] == root["version"] == release
    assert f"modeldex-stubs=={release}" in client["dependencies"]
    assert client["optional-dependencies"]["testing"] == [f"modeldex[embedded]=={release}"]
