"""The two halves are one: the sync one is written from the async one."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import modeldex_client
from modeldex_client._async import cache as async_cache
from modeldex_client._async import cache_rules as async_cache_rules
from modeldex_client._async import client as async_half
from modeldex_client._async import discovery as async_discovery
from modeldex_client._async import history as async_history
from modeldex_client._async import models as async_models
from modeldex_client._async import providers as async_providers
from modeldex_client._async import rollbacks as async_rollbacks
from modeldex_client._sync import cache, cache_rules, discovery, history, models, providers, rollbacks
from modeldex_client._sync import client as sync_half

ROOT = Path(__file__).parents[3]
SCRIPT = ROOT / "scripts/unasync.py"
TWINS: list[tuple[Any, Any]] = [
    (async_half.AsyncClient, sync_half.Client),
    (async_models.AsyncModels, models.Models),
    (async_providers.AsyncProviders, providers.Providers),
    (async_discovery.AsyncDiscovery, discovery.Discovery),
    (async_cache.AsyncCache, cache.Cache),
    (async_cache_rules.AsyncCacheRules, cache_rules.CacheRules),
    (async_history.AsyncHistory, history.History),
    (async_rollbacks.AsyncRollbacks, rollbacks.Rollbacks),
    (modeldex_client.AsyncCacheEvents, modeldex_client.CacheEvents),
    (modeldex_client.AsyncPager, modeldex_client.Pager),
    (modeldex_client.AsyncWatch, modeldex_client.Watch),
    (modeldex_client.AsyncReplica, modeldex_client.Replica),
    (modeldex_client.AsyncChanges, modeldex_client.Changes),
]


def test_the_sync_half_is_current() -> None:
    done = subprocess.run([sys.executable, SCRIPT, "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def _public(kind: Any) -> dict[str, Any]:
    return {name: member for name, member in vars(kind).items() if not name.startswith("_")}


@pytest.mark.parametrize(("one", "other"), TWINS, ids=lambda kind: kind.__name__)
def test_both_have_the_same_methods_with_the_same_parameters(one: Any, other: Any) -> None:
    assert _public(one).keys() == _public(other).keys()
    for name, member in _public(one).items():
        if inspect.isfunction(member):
            parameters, of_other = (inspect.signature(kind).parameters for kind in (member, _public(other)[name]))
            assert [str(one) for one in parameters.values()] == [
                str(one).replace("Client", "AsyncClient") for one in of_other.values()
            ]
    assert inspect.signature(one.__init__).parameters.keys() == inspect.signature(other.__init__).parameters.keys()


def test_nothing_of_the_sync_half_waits() -> None:
    for file in (ROOT / "clients/python/modeldex_client/_sync").glob("*.py"):
        _header, _, text = file.read_text().partition("\n")
        assert not any(word in text for word in ("async", "await", "grpc.aio")), file.name


def _loaded_by(code: str) -> set[str]:
    program = f"import sys\n{code}\nprint(*sys.modules)"
    return set(
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    )


def test_the_sync_client_loads_neither_the_async_half_nor_what_only_errors_need() -> None:
    """A command must answer at once: what gRPC loads is the most of it."""
    loaded = _loaded_by("from modeldex_client import Client\nClient().models")
    own = loaded - _loaded_by("import grpc")
    assert not [name for name in own if name.startswith(("google.rpc", "asyncio", "modeldex_server"))]
    assert not [name for name in own if name.startswith(("modeldex_client._async", "modeldex_client.testing"))]
    assert "modeldex_client._async.client" in _loaded_by("from modeldex_client import AsyncClient")


def test_every_public_name_is_there_and_shown_as_public() -> None:
    assert modeldex_client.__all__ == sorted(modeldex_client.__all__, key=lambda name: (name.startswith("__"), name))
    for name in modeldex_client.__all__:
        shown = getattr(getattr(modeldex_client, name), "__module__", "")
        assert not shown.startswith("modeldex_client."), name
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        modeldex_client.Nothing  # noqa: B018
