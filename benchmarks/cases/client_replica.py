"""The client replica: how long it takes to be ready, to read a model, and to follow changes."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import grpc

from benchmarks.case import Bar, Case, Plan
from benchmarks.catalogue import packaged_snapshot
from benchmarks.rounds import Reading, Turn
from benchmarks.service import DISCOVERY, PACKAGED_MODELS, Service, packaged, scratch
from modeldex_client import Client, Replica

_ID = "openai/gpt-4o"
_READS = 200_000
_CHANGES = 2_000
_SOURCE = "MODELDEX_SOURCES__MODELS_DEV"


@contextmanager
def _open_ready(_plan: Plan) -> Iterator[Mapping[str, Turn]]:
    with packaged() as service, Client(service.address) as client:
        yield {"replica": lambda: _ready(client)}


def _ready(client: Client) -> Reading:
    begin = time.perf_counter()
    with client.replica() as replica:
        replica.ready(30)
        seconds = time.perf_counter() - begin
        return Reading(seconds, {"models": len(replica.models), "us a get": _read(replica)})


def _read(replica: Replica) -> float:
    """The microseconds of a get, the loop around it included."""
    get = replica.get
    begin = time.perf_counter()
    for _ in range(_READS):
        get(_ID)
    taken = time.perf_counter() - begin
    if get(_ID) is None:
        raise LookupError(f"the replica has no {_ID}")
    return taken / _READS * 1e6


@contextmanager
def _open_follow(_plan: Plan) -> Iterator[Mapping[str, Turn]]:
    with scratch() as folder:
        file = folder / "models.json"
        snapshot = packaged_snapshot()
        _write(file, snapshot)
        environment = {f"{_SOURCE}__FILE": str(file), f"{_SOURCE}__KIND": "models_dev"}
        with packaged(environment) as service, Client(service.address) as client, client.replica() as replica:
            replica.ready(30)
            yield {"replica": lambda: _follow(service, replica, file, snapshot)}


def _follow(service: Service, replica: Replica, file: Path, snapshot: dict[str, Any]) -> Reading:
    """Models of the source change: how fast their changes come, from the first to the last."""
    changed: list[float] = []
    forget = replica.on_change(lambda _: changed.append(time.perf_counter()))
    _vary(snapshot)
    _write(file, snapshot)
    begin = time.perf_counter()
    refresh: grpc.UnaryStreamMultiCallable[bytes, bytes] = service.channel.unary_stream(DISCOVERY + "RefreshProviders")
    for _ in refresh(b"", timeout=60):
        pass
    refreshed = time.perf_counter()
    while len(changed) < _CHANGES and time.perf_counter() < refreshed + 30:
        time.sleep(0.001)
    forget()
    if len(changed) != _CHANGES:
        raise LookupError(f"{len(changed)} changes came, not {_CHANGES}")
    beside = {"refresh s": refreshed - begin, "behind the refresh ms": max(0.0, changed[-1] - refreshed) * 1e3}
    return Reading(_CHANGES / (changed[-1] - changed[0]), beside)


def _vary(snapshot: dict[str, Any]) -> None:
    """Give so many models another name."""
    models = (model for provider in snapshot.values() for model in provider["models"].values())
    for model in islice(models, _CHANGES):
        model["name"] += "."


def _write(file: Path, snapshot: dict[str, Any]) -> None:
    file.write_text(json.dumps(snapshot, separators=(",", ":")), encoding="utf-8")


READY = Case(
    name="replica_ready",
    title=f"a client replica of {PACKAGED_MODELS:,} models: from its creation until it holds all",
    unit="s",
    open=_open_ready,
    bars=(Bar("replica", 1.5), Bar("replica", 2, of="us a get")),
    rounds=7,
)
FOLLOW = Case(
    name="replica_follows",
    title=f"a client replica that follows {_CHANGES:,} changed models while a refresh finds them",
    unit="changes/s",
    open=_open_follow,
    bars=(Bar("replica", 1_000, at_least=True),),
    rounds=3,
)
