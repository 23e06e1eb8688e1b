"""The image and the composition name only what the server knows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from modeldex_server.settings import load

_ROOT = Path(__file__).parents[2]
_IMAGE = dict(re.findall(r"(MODELDEX_\w+)=(\S+)", (_ROOT / "Dockerfile").read_text()))
_COMPOSITION = yaml.safe_load((_ROOT / "compose.yaml").read_text())
_REPLICAS = [service for name, service in _COMPOSITION["services"].items() if name.startswith("modeldex")]


def test_every_variable_of_the_image_and_the_composition_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that means nothing would be refused at the start, in the container and nowhere before."""
    for service in _REPLICAS:
        for name, value in (_IMAGE | service["environment"]).items():
            monkeypatch.setenv(name, value)
        settings = load()
        assert settings.listen == "0.0.0.0:50051"
        assert settings.metrics_address == ("0.0.0.0", 9464)
        assert settings.tokens_path == Path("/etc/modeldex/tokens.toml")
        assert settings.database_url is not None


def test_a_replica_has_the_time_to_drain() -> None:
    """clean drain: the container is not killed before the server gave up waiting for its calls."""
    for service in _REPLICAS:
        grace = int(service["stop_grace_period"].removesuffix("s"))
        assert grace > load().drain_timeout.total_seconds()


def test_two_replicas_share_one_image_and_no_port() -> None:
    ports = [port.split(":")[1] for service in _REPLICAS for port in service["ports"]]
    assert len(_REPLICAS) == 2
    assert len({service["image"] for service in _REPLICAS}) == 1
    assert len(ports) == len(set(ports))
