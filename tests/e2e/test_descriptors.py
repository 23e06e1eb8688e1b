"""The descriptors that come with the stubs: a caller needs neither the protos nor a server that describes itself."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from modeldex.v1 import discovery_service_pb2
from support.servers import ServerProcess

_ROOT = Path(__file__).parents[2]
_GRPCURL = shutil.which("grpcurl", path=f"{_ROOT / '.venv-tools' / 'bin'}{os.pathsep}{os.environ['PATH']}")
_GET_STATUS = "modeldex.v1.DiscoveryService/GetStatus"

pytestmark = pytest.mark.skipif(_GRPCURL is None, reason="grpcurl is not installed: scripts/tools/install.sh go")


def grpcurl(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(_GRPCURL), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=_ROOT)


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[ServerProcess]:
    """A server that does not describe itself."""
    with ServerProcess(tmp_path, database_url=database_url, settings={"MODELDEX_REFLECTION": "false"}) as server:
        yield server.start()


def test_grpcurl_asks_a_server_without_reflection(server: ServerProcess) -> None:
    """generated/descriptor.binpb stands in for reflection: without it grpcurl gets nowhere, with it it is answered."""
    assert "reflection" in grpcurl("-plaintext", server.address, _GET_STATUS).stderr
    done = grpcurl("-plaintext", "-protoset", "generated/descriptor.binpb", server.address, _GET_STATUS)
    assert done.returncode == 0, done.stderr
    assert "replicas" in json.loads(done.stdout)


def test_grpcurl_shows_the_reason_of_an_error(server: ServerProcess) -> None:
    """typed errors: the descriptors hold the details of errors, too, so the reason is readable and not base64."""
    protoset = ("-plaintext", "-protoset", "generated/descriptor.binpb", "-d", '{"id": "acme/none"}')
    said = grpcurl(*protoset, server.address, "modeldex.v1.DiscoveryService/GetModel").stderr
    assert '"reason": "MODEL_NOT_FOUND"' in said


def test_the_descriptors_carry_the_comments_of_the_contract() -> None:
    """The contract explains itself: every service is there, and describing a method shows what it promises."""
    protoset = ("-protoset", "generated/descriptor.binpb")
    listed = grpcurl(*protoset, "list").stdout.split()
    services = discovery_service_pb2.DESCRIPTOR.services_by_name
    assert {service.full_name for service in services.values()} <= set(listed)
    described = grpcurl(*protoset, "describe", "modeldex.v1.DiscoveryService.GetModel").stdout
    assert "NOT_FOUND (MODEL_NOT_FOUND)" in described
