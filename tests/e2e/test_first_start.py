"""The first start, as a new user meets it: an empty folder, no key, no network, no database server."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from modeldex.v1 import (
    cache_service_pb2,
    discovery_service_pb2,
    history_service_pb2,
    provider_service_pb2,
    subscriber_service_pb2,
)
from support.servers import ServerProcess
from support.waiting import until

_REQUESTS = Path(__file__).parents[2] / "clients" / "grpcurl"
_SERVICES = (
    discovery_service_pb2.DESCRIPTOR.services_by_name["DiscoveryService"],
    provider_service_pb2.DESCRIPTOR.services_by_name["ProviderService"],
    subscriber_service_pb2.DESCRIPTOR.services_by_name["SubscriberService"],
    cache_service_pb2.DESCRIPTOR.services_by_name["CacheService"],
    history_service_pb2.DESCRIPTOR.services_by_name["HistoryService"],
)
# What stands in a request that names one of these, with the method that makes it.
_MADE = {
    "SUBSCRIPTION_ID": ("SubscriberService.CreateSubscription", "subscription"),
    "RULE_ID": ("CacheService.CreateInvalidationRule", "rule"),
    "ROLLBACK_ID": ("HistoryService.RequestRollback", "rollback"),
}
# Their answers may well be empty.
_SILENT = ("DeleteInvalidationRule", "CleanupCache")
_METHODS = [f"{service.name}.{method.name}" for service in _SERVICES for method in service.methods]
# Benchmarks are switched off, and without tokens nobody is an approver.
_REFUSED = {
    "BenchmarkModel": "BENCHMARKS_DISABLED",
    "ApproveRollback": "PERMISSION_DENIED",
    "RejectRollback": "PERMISSION_DENIED",
}
# There is nothing to put back before something was changed.
_BEFORE = {"HistoryService.RequestRollback": "HistoryService.PinModel"}
# A model must be saved before it is deleted, and deleted before it is undeleted.
_LAST = ("DiscoveryService.SaveModel", "DiscoveryService.DeleteModel", "DiscoveryService.UndeleteModel")
_IN_ORDER = [name for name in _METHODS if name not in _LAST] + list(_LAST)

needs_grpcurl = pytest.mark.skipif(
    shutil.which("grpcurl") is None, reason="grpcurl is not installed: .ci/run shows how"
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server with its own PostgreSQL in an empty folder, and the packaged catalogue."""
    settings = {"MODELDEX_SOURCES__MODELS_DEV__ENABLED": "true", "HOME": str(tmp_path_factory.mktemp("home"))}
    with ServerProcess(tmp_path_factory.mktemp("data"), settings=settings) as server:
        yield server.start()


def grpcurl(
    address: str, *arguments: str, request: str = "", options: Sequence[str] = ()
) -> subprocess.CompletedProcess[str]:
    command = ["grpcurl", "-plaintext", *options, *(("-d", "@") if request else ()), address, *arguments]
    return subprocess.run(command, input=request, capture_output=True, text=True, timeout=60, check=False)


def ask(address: str, method: str, request: str) -> Any:
    """The answer of a method."""
    if method in _BEFORE:
        ask(address, _BEFORE[method], (_REQUESTS / f"{_BEFORE[method]}.json").read_text())
    done = grpcurl(address, f"modeldex.v1.{method.replace('.', '/')}", request=request)
    assert done.returncode == 0, done.stderr
    return json.JSONDecoder().raw_decode(done.stdout)[0]


def filled(address: str, request: str) -> str:
    """A request with the ids of what it names, made as a user makes one."""
    for named, (method, field) in _MADE.items():
        if named in request:
            made = ask(address, method, (_REQUESTS / f"{method}.json").read_text())[field]
            request = request.replace(named, made["id"])
            request = request.replace("DIFF_HASH", made.get("diff", {}).get("hash", ""))
    return request


def test_the_first_start_serves_the_packaged_catalogue_and_says_what_to_try(server: ServerProcess) -> None:
    """works offline: an empty folder becomes a server of 4,803 models, which says so and shows a command."""
    assert "serves 4,803 models of 132 providers" in server.output
    assert f"{server.address} modeldex.v1.DiscoveryService/GetModel" in server.output


def test_a_second_server_on_the_folder_is_refused_by_name(server: ServerProcess) -> None:
    """one server a folder: the second is told where the first listens, and the first goes on."""
    second = ServerProcess(server.folder)
    second._starts = 100
    assert second.launch().wait_for_end() != 0
    assert server.address in second.errors
    assert server.exit_code is None


@needs_grpcurl
def test_reflection_lists_the_services(server: ServerProcess) -> None:
    """grpcurl without any file of ours finds the services."""
    listed = grpcurl(server.address, "list").stdout.split()
    assert {f"modeldex.v1.{service.name}" for service in _SERVICES} | {"grpc.health.v1.Health"} <= set(listed)


def test_every_rpc_has_a_request_and_every_request_an_rpc() -> None:
    """clients/grpcurl has a file for each RPC of the contract and no other."""
    assert sorted(file.stem for file in _REQUESTS.glob("*.json")) == sorted(_METHODS)


@needs_grpcurl
@pytest.mark.parametrize("name", _IN_ORDER)
def test_the_request_for_grpcurl_runs(server: ServerProcess, name: str) -> None:
    """Each request of clients/grpcurl is answered as its RPC promises: a watch at once, and it ends well before its
    deadline."""
    service, method = name.split(".")
    request = filled(server.address, (_REQUESTS / f"{name}.json").read_text())
    if method.startswith("Watch"):
        options = ("-max-time", "4")

        def ended() -> subprocess.CompletedProcess[str] | None:
            done = grpcurl(server.address, f"modeldex.v1.{service}/{method}", request=request, options=options)
            return done if done.returncode == 0 or "deadline" not in done.stderr.lower() else None

        # On a machine that is busy the caller's own clock may come first.
        done = until(ended, "a watch to end before its deadline")
        assert done is not None
        assert done.returncode == 0, done.stderr
        said = ("{",) if method == "WatchCacheEvents" else ('"bookmark"', '"going_away"')
        assert [word for word in said if word not in done.stdout] == []
    elif method in _REFUSED:
        done = grpcurl(server.address, f"modeldex.v1.{service}/{method}", request=request)
        assert _REFUSED[method] in done.stderr
    else:
        first = ask(server.address, name, request)
        assert first or method in _SILENT
        assert "revision" in first or method != "ListModelBenchmarks"


def test_a_warm_start_serves_what_was_there(server: ServerProcess) -> None:
    """nothing acknowledged is lost: a restart serves the same revision, and asks no source again before its time."""
    server.end()
    again = server.start()
    assert " models of " in again.output
    assert "refreshed" not in again.errors
    assert os.path.exists(server.folder / "postgres" / "PG_VERSION")
