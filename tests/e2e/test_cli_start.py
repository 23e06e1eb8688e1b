"""How fast the command is there, and what it leaves alone to be so."""

from __future__ import annotations

import subprocess
import sys
import time

from modeldex_client import Client
from support.commands import PROGRAM, environment
from support.models import new_id, plain
from support.pairs import Pair

# Wide: for machines that are slow and busy. `make bench` measures.
SECONDS = 15.0
TIMES = 5.0
ROUNDS = 5
HEAVY = ("pydantic", "psycopg", "structlog", "httpx", "modeldex_server.settings", "rich", "google.protobuf.json_format")


def seconds(*command: str, target: str) -> float:
    begin = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment(target), timeout=60)
    return time.perf_counter() - begin


def test_an_answer_from_cold(pair: Pair) -> None:
    """`models get` takes a small multiple of importing gRPC, by turns, best of a few."""
    at, id = pair.first.address, new_id()
    with Client(at) as client:
        client.models.save(plain(id))
    turns = [
        (seconds(PROGRAM, "models", "get", id, target=at), seconds(sys.executable, "-c", "import grpc", target=at))
        for _ in range(ROUNDS)
    ]
    ours, least = (min(times) for times in zip(*turns, strict=True))
    assert ours < SECONDS
    assert ours < TIMES * least


def test_a_command_imports_what_it_needs(pair: Pair) -> None:
    """Neither the server's libraries nor those of other forms of the answer are read to show a model."""
    at, id = pair.first.address, new_id()
    with Client(at) as client:
        client.models.save(plain(id))
    program = f"""
import sys
sys.argv = ["modeldex", "models", "get", {id!r}, "-q"]
from modeldex_server.cli import main
try:
    main()
finally:
    print(*[name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True, env=environment(at)
    )
    assert (done.stdout, done.stderr.strip()) == (f"{id}\n", "")
