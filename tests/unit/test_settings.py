"""Settings come from where they should, and a mistake is told in one line that shows no secret."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from modeldex_server.errors import StartError
from modeldex_server.settings import load
from modeldex_server.settings.values import split_address

Environment = Callable[..., None]


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Environment:
    """Sets variables of MODELDEX_, and none but these."""
    for name in [name for name in os.environ if name.startswith("MODELDEX_")]:
        monkeypatch.delenv(name)

    def put(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"MODELDEX_{name}", value)

    return put


def toml(folder: Path, text: str) -> Path:
    """A file of settings."""
    file = folder / "modeldex.toml"
    file.write_text(text)
    return file


def problem(config: Path | None = None) -> str:
    """What is told of the settings."""
    with pytest.raises(StartError) as raised:
        load({}, config)
    return str(raised.value)


def test_the_command_line_counts_before_the_environment_before_the_file(
    environment: Environment, tmp_path: Path
) -> None:
    file = toml(tmp_path, 'listen = "localhost:1"\npool_size = 3\nlog_level = "error"')
    environment(LISTEN="localhost:2", POOL_SIZE="4")
    settings = load({"listen": "localhost:3", "log_level": None}, file)
    assert (settings.listen, settings.pool_size, settings.log_level) == ("localhost:3", 4, "error")


def test_the_file_can_be_named_by_a_variable(environment: Environment, tmp_path: Path) -> None:
    environment(CONFIG=str(toml(tmp_path, "call_timeout = 2.5")))
    assert load().call_timeout == timedelta(seconds=2.5)


def test_sources_of_environment_and_file_are_one(environment: Environment, tmp_path: Path) -> None:
    file = toml(tmp_path, '[sources.openai]\nurl = "http://x"\n[sources.my_vllm]\nkind = "openai_compatible"')
    environment(SOURCES__OPENAI__API_KEY="sk-1", SOURCES__MODELS_DEV__ENABLED="false")
    sources = load({}, file).sources
    assert set(sources) == {"openai", "my_vllm", "models_dev"}
    key = sources["openai"].api_key
    assert (sources["openai"].url, key.get_secret_value() if key else None) == ("http://x", "sk-1")
    assert not sources["models_dev"].enabled


def test_what_the_owner_fixes_of_discovery_is_known_by_name(environment: Environment) -> None:
    assert load().discovery.fixed_fields == []
    environment(DISCOVERY__REFRESH_INTERVAL="30", DISCOVERY__RETRY_ATTEMPTS="0")
    discovery = load().discovery
    assert discovery.fixed_fields == ["refresh_interval", "retry_attempts"]
    assert discovery.refresh_interval == timedelta(seconds=30)


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"LISTEN": "nowhere"}, "--listen (MODELDEX_LISTEN): must be"),
        ({"PROCESSES": "0"}, "--processes (MODELDEX_PROCESSES): must be at least 1."),
        ({"CALL_TIMEOUT": "soon"}, "call_timeout (MODELDEX_CALL_TIMEOUT): must be a number of seconds"),
        ({"DISCOVERY__REFRESH_INTERVAL": "3"}, "_REFRESH_INTERVAL): must be 10 seconds to 30 days."),
        ({"SOURCES__X__KIND": "other"}, "sources.x.kind (MODELDEX_SOURCES__X__KIND): must be 'models_dev'"),
        ({"LISTNE": "x"}, "MODELDEX_LISTNE is no setting; did you mean MODELDEX_LISTEN?"),
        ({"SOURCES__OPENAI__API_KYE": "x"}, "did you mean MODELDEX_SOURCES__OPENAI__API_KEY?"),
        ({"TLS_KEY": "k.pem"}, "tls_certificate and tls_key are needed together."),
        ({"REDIS_URL": "localhost:6379"}, 'redis_url (MODELDEX_REDIS_URL): must be "redis://'),
        ({"REDIS_PREFIX": "x" * 101}, "redis_prefix (MODELDEX_REDIS_PREFIX): "),
    ],
)  # fmt: skip
def test_a_problem_is_one_line_that_says_where_to_correct_what(
    environment: Environment, variables: dict[str, str], told: str
) -> None:
    environment(**variables)
    assert told in problem()
    assert "\n" not in problem()
    assert "pydantic" not in problem()


def test_each_problem_has_a_line_of_its_own(environment: Environment) -> None:
    environment(PROCESSES="x", POOL_SIZE="0")
    assert len(problem().splitlines()) == 2


def test_an_unknown_key_of_the_file_is_refused_by_name(environment: Environment, tmp_path: Path) -> None:
    file = toml(tmp_path, '[sources.openai]\nurll = "x"\n[discovery]\nretries = 1')
    lines = problem(file).splitlines()
    assert "sources.openai.urll" in lines[0]
    assert "did you mean sources.openai.url?" in lines[0]
    assert "discovery.retries" in lines[1]


@pytest.mark.parametrize("name", ["SOURCES__OPENAI", "SOURCES", "DATABASE_URL_", "POOL_SIZE", "LISTEN"])
def test_no_problem_shows_a_value_since_it_may_be_a_secret(environment: Environment, name: str) -> None:
    environment(**{name: "sk-very-secret"})
    assert "very-secret" not in problem()


@pytest.mark.parametrize(
    "url",
    [
        "redis://cache",
        "redis://cache:6380/0",
        "redis://:pass%23word@[::1]:6379/15",
        "rediss://user:password@cache/",
        "rediss://cache?ssl_ca_certs=/etc/ca.pem&ssl_certfile=c.pem&ssl_keyfile=k.pem",
    ],
)
def test_a_redis_is_named_by_its_address(environment: Environment, url: str) -> None:
    environment(REDIS_URL=url)
    found = load().redis_url
    assert found is not None
    assert found.get_secret_value() == url


@pytest.mark.parametrize(
    "url",
    [
        "hunter2",
        "http://:hunter2@cache",
        "unix:///run/hunter2.sock",
        "redis://:hunter2@",
        "redis://:hunter2@cache:port",
        "redis://:hunter2@cache:0",
        "redis://:hunter2@cache:65536",
        "redis://:hunter2@cache/one",
        "redis://:hunter2@cache/-1",
        "redis://:hunter2@cache/1/2",
        "redis://:hunter2#more@cache",
        "redis://:hunter2/more@cache",
        "redis://:hunter2@[::1",
        # What the driver would take from the address instead of our limits.
        "redis://:hunter2@cache?socket_timeout=60",
        "redis://:hunter2@cache?protocol=3",
        "redis://:hunter2@cache?ssl_ca_certs=/etc/ca.pem",
        "rediss://:hunter2@cache?ssl_cert_reqs=none",
        "rediss://:hunter2@cache?ssl_ca_certs",
    ],
)
def test_what_names_no_redis_is_refused_in_one_line_without_its_password(environment: Environment, url: str) -> None:
    environment(REDIS_URL=url)
    assert problem().startswith("redis_url (MODELDEX_REDIS_URL): must be")
    assert "\n" not in problem()
    assert "hunter2" not in problem()


def test_a_secret_is_hidden_wherever_settings_are_shown(environment: Environment) -> None:
    environment(
        DATABASE_URL="postgresql://u:hunter2@db/x",
        REDIS_URL="redis://:hunter2@x",
        SOURCES__OPENAI__API_KEY="sk-hunter2",
    )
    assert "hunter2" not in repr(load())


def test_an_empty_variable_is_as_good_as_none(environment: Environment) -> None:
    environment(DATABASE_URL="", REDIS_URL="", TOKENS_FILE="", METRICS_LISTEN="")
    settings = load()
    assert (settings.database_url, settings.redis_url) == (None, None)
    assert (settings.tokens_file, settings.metrics_address) == (None, None)


@pytest.mark.parametrize("text", ["=", "listen = 'x", "\xff"])
def test_a_file_that_is_no_toml_is_told_in_one_line(environment: Environment, tmp_path: Path, text: str) -> None:
    file = tmp_path / "bad.toml"
    file.write_bytes(text.encode("latin-1"))
    assert "is not TOML" in problem(file)


def test_each_of_several_processes_has_a_port_for_its_metrics(environment: Environment) -> None:
    environment(WORKER="2/4/1", METRICS_LISTEN="localhost:9000")
    assert load().metrics_address == ("localhost", 9002)


@pytest.mark.parametrize(
    ("address", "parts"),
    [("localhost:0", ("localhost", 0)), ("[::1]:50051", ("::1", 50051)), ("10.0.0.1:80", ("10.0.0.1", 80))],
)
def test_an_address_is_host_and_port(address: str, parts: tuple[str, int]) -> None:
    assert split_address(address) == parts


@pytest.mark.parametrize("address", ["", "localhost", ":1", "x:", "x:-1", "x:65536", "::1:50051", "x:٣٣"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r"must be|needs brackets"):
        split_address(address)
