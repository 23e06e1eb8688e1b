"""What the command changes: private models and the configuration."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from modeldex_client import Client
from modeldex_server.store.embedded import EmbeddedServer
from support.commands import run, run_on_terminal
from support.databases import empty_database
from support.models import new_id, plain
from support.pairs import Pair
from support.servers import ServerProcess


def test_a_model_is_saved_from_a_file_and_from_stdin(pair: Pair, tmp_path: Path) -> None:
    """What `get --json` writes is what `save` takes; an equal document makes no version."""
    at, id = pair.first.address, new_id()
    file = tmp_path / "model.json"
    file.write_text(json.dumps({"id": id, "contextWindow": "8000"}))
    saved = run(at, "models", "save", str(file), "--expected-version", "0", "--reason", "for a test")
    assert (saved.code, saved.out) == (0, "")
    assert f"Saved: {id} is version 1" in saved.err
    again = run(at, "models", "save", "-", stdin=run(at, "models", "get", id, "--json").out)
    assert f"Nothing changed: {id} is version 1" in again.err
    other = run(at, "models", "save", "-", "--json", stdin=json.dumps({"id": id, "contextWindow": "9000"}))
    assert json.loads(other.out)["model"]["version"] == "2"
    late = run(at, "models", "save", str(file), "--expected-version", "1")
    assert late.code == 1
    assert id in late.err
    assert "2" in late.err


def test_a_model_is_deleted_and_brought_back(pair: Pair) -> None:
    """With what to do next in each line."""
    at, id = pair.first.address, new_id()
    with Client(at) as client:
        client.models.save(plain(id))
    deleted = run(at, "models", "delete", id)
    assert (deleted.code, deleted.out) == (0, "")
    assert f"modeldex models undelete {id}" in deleted.err
    assert run(at, "models", "get", id).code == 3
    assert run(at, "models", "list", "-p", "acme", "--deleted", "-q").out.split().count(id) == 1
    assert run(at, "models", "undelete", id).code == 0
    assert run(at, "models", "get", id).code == 0


def test_a_terminal_is_asked_before_a_deletion(pair: Pair) -> None:
    """No is no; yes, and --yes, delete."""
    at, id = pair.first.address, new_id()
    with Client(at) as client:
        client.models.save(plain(id))
        refused = run_on_terminal(at, "models", "delete", id, answer="n\n")
        assert refused.code == 1
        assert "Nothing was done." in refused.out
        assert client.models.get(id).version == 1
        assert run_on_terminal(at, "models", "delete", id, answer="y\n").code == 0
        client.models.undelete(id)
    assert run_on_terminal(at, "models", "delete", id, "--yes").code == 0


@pytest.fixture
def fixed(postgres: EmbeddedServer, template: str, tmp_path: Path) -> Iterator[str]:
    """A server whose environment sets a field of the configuration."""
    settings = {"MODELDEX_DISCOVERY__RETRY_ATTEMPTS": "1"}
    with empty_database(postgres, template) as url:
        server = ServerProcess(tmp_path, database_url=url, settings=settings)
        with server.start():
            yield server.address


def test_the_configuration_is_changed_but_for_what_is_fixed(fixed: str) -> None:
    """Spans, numbers and flags as people write them; a fixed field is marked, and refused by name."""
    changed = run(fixed, "config", "set", "refresh-interval=90m", "retry_delay=250ms", "max_concurrent_providers=3")
    assert changed.code == 0
    assert run(fixed, "config", "set", "cache_enabled=false", "notifications-enabled=TRUE", "cache_ttl=1m").code == 0
    shown = {line.split()[0]: line for line in run(fixed, "config", "show").out.splitlines()}
    assert shown["refresh_interval"].endswith("1 h 30 min")
    assert "250 ms" in shown["retry_delay"]
    assert shown["cache_enabled"].split() == ["cache_enabled", "false"]
    assert shown["notifications_enabled"].split() == ["notifications_enabled", "true"]
    assert "1 min" in shown["cache_ttl"]
    assert shown["retry_attempts"].endswith("fixed by the server")
    refused = run(fixed, "config", "set", "retry_attempts=5")
    assert (refused.code, "retry_attempts" in refused.err) == (1, True)
    late = run(fixed, "config", "set", "refresh_interval=2h", "--expected-version", "0")
    assert late.code == 1


def test_a_refresh_shows_a_row_for_each_provider(pair: Pair) -> None:
    """In a pipe as in JSON and CSV; on a terminal a bar runs and is gone at the end."""
    at = pair.first.address
    pair.provider.lists("one")
    for _ in range(2):  # what other tests listed goes with the second listing that lacks it
        run(at, "providers", "refresh", "fake")
    pair.provider.lists("one", "two", "three")
    assert run(at, "providers", "refresh", "fake").out.startswith("fake  2 added (")
    assert run(at, "providers", "refresh", "fake").out.startswith("fake  no change (")
    assert json.loads(run(at, "providers", "refresh", "fake", "--json").out)["providerId"] == "fake"
    table = run(at, "providers", "refresh", "fake", "-o", "csv").out.splitlines()
    assert table[0].startswith("provider_id,")
    assert table[1].startswith("fake,0,0,0,")
    screen = run_on_terminal(at, "providers", "refresh", "fake", columns=40)
    assert screen.code == 0
    assert any(line.lstrip().startswith("fake  no change") for line in screen.plain)
    pair.provider.lists("one")
