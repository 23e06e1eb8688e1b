"""The settings of the cache that have rules of their own: secret paths, keys, marks, tables within tables."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import pytest

from modeldex_server.errors import StartError
from modeldex_server.settings import load

KEY = base64.b64encode(b"k" * 32).decode()
SHORT = base64.b64encode(b"k" * 16).decode()
Environment = Callable[..., None]


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Environment:
    """Sets variables of MODELDEX_CACHE__."""

    def put(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"MODELDEX_CACHE__{name}", value)

    return put


def problem(config: Path | None = None) -> str:
    """What is told at the start."""
    with pytest.raises(StartError) as raised:
        load({}, config).cache.key_ring()
    return str(raised.value)


@pytest.mark.parametrize(
    ("written", "paths"),
    [
        ("api_key, credentials.token", ["api_key", "credentials.token"]),
        ('["api_key", "with,comma"]', ["api_key", "with,comma"]),
        ("api_key,", ["api_key"]),
        ("", []),
    ],
)
def test_secret_paths_of_a_variable(environment: Environment, written: str, paths: list[str]) -> None:
    """secrets at rest: with commas between, or as JSON; nothing is taken for a path that is none."""
    environment(SECRET_PATHS=written, ENCRYPTION_KEYS=f"k1:{KEY}")
    assert load().cache.secret_paths == paths


def test_the_ring_comes_from_a_variable_or_a_file(environment: Environment, tmp_path: Path) -> None:
    """secrets at rest: the first key seals; nothing of the settings shows one."""
    assert load().cache.key_ring() is None
    file = tmp_path / "keys"
    file.write_text(f"# 2026\nk2:{KEY}\nk1:{KEY}\n")
    environment(ENCRYPTION_KEYS_FILE=str(file))
    ring = load().cache.key_ring()
    assert ring is not None
    assert ring.ids == ["k2", "k1"]
    environment(ENCRYPTION_KEYS_FILE="", ENCRYPTION_KEYS=f"k1:{KEY}")
    settings = load()
    ring = settings.cache.key_ring()
    assert ring is not None
    assert ring.ids == ["k1"]
    assert KEY not in repr(settings)


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"ENCRYPTION_KEYS": KEY}, "MODELDEX_CACHE__ENCRYPTION_KEYS): must be ID:BASE64"),
        ({"ENCRYPTION_KEYS": f"k1:{SHORT}"}, "32 bytes in each key, not 16"),
        ({"ENCRYPTION_KEYS": f"k1:{KEY},k1:{KEY}"}, "an id of its own"),
        ({"ENCRYPTION_KEYS": f"k1:{KEY}", "ENCRYPTION_KEYS_FILE": "keys"}, "cannot both be set"),
        ({"SECRET_PATHS": "api_key"}, "secret_paths needs encryption_keys"),
        ({"SECRET_PATHS": "a..b", "ENCRYPTION_KEYS": f"k1:{KEY}"}, "MODELDEX_CACHE__SECRET_PATHS): must hold paths"),
        ({"SECRET_PATHS": '["a', "ENCRYPTION_KEYS": f"k1:{KEY}"}, "commas between, or a list in JSON"),
        ({"SECRET_PATHS": "a" * 257, "ENCRYPTION_KEYS": f"k1:{KEY}"}, "256 characters"),
        ({"LOW_WATER_MARK": "0.95"}, "must not be above high_water_mark"),
        ({"STRATEGIES__TTL__ENABLD": "1"}, "did you mean MODELDEX_CACHE__STRATEGIES__TTL__ENABLED?"),
        ({"STRATEGIES__TTL": "1"}, "is a table; set its fields one by one"),
    ],
)
def test_what_is_wrong_is_told_where_and_without_a_key(
    environment: Environment, variables: dict[str, str], told: str
) -> None:
    """secrets at rest: a server does not start with keys or paths that it would not use; the message shows none."""
    environment(**variables)
    message = problem()
    assert told in message
    assert KEY[:20] not in message


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "cannot be read: No such file"),
        (b"\xff\xfe", "is no text"),
        (b"", "must have at least one key"),
        (f"k1:{SHORT}".encode(), "not 16 as in key 1"),
    ],
)
def test_a_file_of_keys_that_is_none(
    environment: Environment, tmp_path: Path, content: bytes | None, told: str
) -> None:
    """secrets at rest: the file is named, and nothing of it is shown."""
    file = tmp_path / "keys"
    if content is not None:
        file.write_bytes(content)
    environment(ENCRYPTION_KEYS_FILE=str(file))
    message = problem()
    assert f"keys {file} " in message
    assert told in message
    assert SHORT not in message


def test_a_table_within_a_table(tmp_path: Path) -> None:
    """A key of a deep table of the file that means nothing is told, with the one that was meant."""
    file = tmp_path / "modeldex.toml"
    file.write_text('[cache.strategies.provider_update]\nautomatic = true\nmode = "hard"')
    strategy = load({}, file).cache.strategies.provider_update
    assert (strategy.enabled, strategy.automatic, strategy.mode) == (True, True, "hard")
    file.write_text("[cache.strategies.provider_update]\nautomatik = true")
    assert "did you mean cache.strategies.provider_update.automatic?" in problem(file)
