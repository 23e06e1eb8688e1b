"""The command, as an operator uses it: tokens, several processes, metrics."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import grpc
import psutil
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from modeldex.v1 import discovery_service_pb2 as pb
from modeldex.v1.discovery_service_pb2_grpc import DiscoveryServiceStub
from support.api import read_problem
from support.models import plain
from support.ports import free_port
from support.servers import ServerProcess
from support.waiting import until

_PROGRAM = str(Path(sys.executable).with_name("modeldex"))


def modeldex(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([_PROGRAM, *arguments], capture_output=True, text=True, timeout=60, check=False)


def add_token(folder: Path, name: str, role: str) -> tuple[tuple[str, str], ...]:
    done = modeldex("tokens", "add", name, "--role", role, "--data-dir", str(folder))
    assert done.returncode == 0, done.stderr
    return (("authorization", f"Bearer {done.stdout.strip()}"),)


def problem_of(call: object, request: object, metadata: object = None) -> tuple[str, str]:
    with pytest.raises(grpc.RpcError) as caught:
        call(request, metadata=metadata, timeout=20)  # type: ignore[operator]
    problem = read_problem(caught.value)
    return problem.code.name, problem.reason


def test_tokens_lock_the_door_for_each_role(tmp_path: Path, database_url: str) -> None:
    """role table: without a token nobody comes in but health; a reader reads, a writer writes, a removed one is out."""
    reader, writer = (add_token(tmp_path, role, role) for role in ("reader", "writer"))
    with (
        ServerProcess(tmp_path, database_url=database_url).start() as server,
        grpc.insecure_channel(server.address) as channel,
    ):
        stub = DiscoveryServiceStub(channel)
        save = pb.SaveModelRequest(model=plain("acme/one"))
        assert problem_of(stub.GetModelStats, pb.GetModelStatsRequest()) == ("UNAUTHENTICATED", "UNAUTHENTICATED")
        wrong = (("authorization", "Bearer mdx_wrong"),)
        assert problem_of(stub.GetModelStats, pb.GetModelStatsRequest(), wrong)[0] == "UNAUTHENTICATED"
        assert problem_of(stub.SaveModel, save, reader) == ("PERMISSION_DENIED", "PERMISSION_DENIED")
        saved = stub.SaveModel(save, metadata=writer, timeout=20)
        read = pb.GetModelRequest(id="acme/one")
        for _ in range(2):  # the second time from what is kept ready
            assert stub.GetModel(read, metadata=reader, timeout=20).model == saved.model
            assert problem_of(stub.GetModel, read)[0] == "UNAUTHENTICATED"
        health = health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=20)
        assert health.status == health_pb2.HealthCheckResponse.SERVING
        assert modeldex("tokens", "remove", "reader", "--data-dir", str(tmp_path)).returncode == 0

        def is_out() -> bool:
            try:
                stub.GetModel(read, metadata=reader, timeout=20)
            except grpc.RpcError as error:
                return error.code() is grpc.StatusCode.UNAUTHENTICATED  # type: ignore[attr-defined]
            return False

        until(is_out, "a removed token to be refused", patience=20)


@pytest.fixture
def several(tmp_path: Path, database_url: str) -> Iterator[ServerProcess]:
    """Two processes on one port."""
    settings = {"MODELDEX_PROCESSES": "2"}
    listen = f"127.0.0.1:{free_port()}"
    with ServerProcess(tmp_path, database_url=database_url, settings=settings, listen=listen) as server:
        yield server.start()


def workers(server: ServerProcess) -> list[psutil.Process]:
    return psutil.Process(server.pid).children()


def runs(worker: psutil.Process) -> bool:
    try:
        return worker.is_running() and worker.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:  # it went between the two
        return False


def test_a_process_that_dies_is_started_again(several: ServerProcess) -> None:
    """Several processes serve one port; one that is killed comes back, and all end together with their supervisor."""
    until(lambda: len(workers(several)) == 2, "two processes")
    killed = workers(several)[0]
    killed.kill()
    until(
        lambda: len({worker.pid for worker in workers(several)} - {killed.pid}) == 2,
        "the killed process to be started again",
        patience=30,
    )
    left = workers(several)
    assert several.end() == 0
    assert not any(map(runs, left))


def test_no_process_outlives_a_killed_supervisor(several: ServerProcess) -> None:
    """A supervisor that is killed outright leaves no process behind that would hold the port."""
    until(lambda: len(workers(several)) == 2, "two processes")
    left = workers(several)
    os.kill(several.pid, signal.SIGKILL)
    until(
        lambda: not any(map(runs, left)),
        "the processes to end",
        patience=60,
    )


def test_prometheus_can_ask(tmp_path: Path, database_url: str) -> None:
    """/metrics counts calls by method and code, and shows the pool, the index and the log."""
    port = free_port()
    settings = {"MODELDEX_METRICS_LISTEN": f"127.0.0.1:{port}"}
    with (
        ServerProcess(tmp_path, database_url=database_url, settings=settings).start() as server,
        grpc.insecure_channel(server.address) as channel,
    ):
        stub = DiscoveryServiceStub(channel)
        stub.SaveModel(pb.SaveModelRequest(model=plain("acme/one")), timeout=20)
        for _ in range(3):
            stub.GetModel(pb.GetModelRequest(id="acme/one"), timeout=20)
        problem_of(stub.GetModel, pb.GetModelRequest(id="acme/two"))
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=20) as answer:
            text = answer.read().decode()
    counted = dict(line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#"))
    labels = 'method="GetModel",service="modeldex.v1.DiscoveryService"'
    assert counted[f'modeldex_calls_total{{code="OK",{labels}}}'] == "3.0"
    assert counted[f'modeldex_calls_total{{code="NOT_FOUND",{labels}}}'] == "1.0"
    assert counted[f"modeldex_call_seconds_count{{{labels}}}"] == "4.0"
    assert counted["modeldex_ledger_commits_total"] == "1.0"
    assert counted["modeldex_index_models"] == "1.0"
    assert float(counted["modeldex_pool_connections"]) >= 1
    assert {"modeldex_tailer_revision", "modeldex_tailer_lag_seconds"} <= counted.keys()
    assert (counted["modeldex_cache_hits_total"], counted["modeldex_cache_misses_total"]) == ("3.0", "1.0")
    assert counted['modeldex_cache_tier_hits_total{tier="memory"}'] == "3.0"
    assert counted['modeldex_cache_evictions_total{reason="superseded"}'] == "0.0"
    assert 0 < float(counted["modeldex_cache_bytes"]) < float(counted["modeldex_cache_budget_bytes"])
