"""From the command to SERVING with the packaged models in: the first start, and the next one on the same data."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from benchmarks.case import Bar, Case, Plan
from benchmarks.rounds import Reading, Turn
from benchmarks.service import PACKAGED_MODELS, Service, scratch
from modeldex_server.store import embedded


@contextmanager
def _open(_plan: Plan) -> Iterator[Mapping[str, Turn]]:
    with scratch() as folder:
        warm = Service(folder / "warm")
        with warm:
            _ready(warm)
        yield {
            "import grpc": _import_grpc,
            "initdb and start of PostgreSQL": _bare_postgres,
            "warm start": lambda: _start(warm),
            "cold first start": _cold,
        }


def _cold() -> Reading:
    with scratch() as folder:
        return _start(Service(folder / "data"))


def _start(service: Service) -> Reading:
    begin = time.perf_counter()
    with service:
        serving = _ready(service)
        return Reading(time.perf_counter() - begin, {"SERVING after s": serving - begin})


def _ready(service: Service) -> float:
    """Waits for the last model; gives when health said SERVING, which may be before."""
    service.wait_until_serving(120)
    serving = time.perf_counter()
    service.wait_for_models(PACKAGED_MODELS, 120)
    return serving


def _bare_postgres() -> Reading:
    with scratch() as folder:
        begin = time.perf_counter()
        server = embedded.start(folder)
        taken = time.perf_counter() - begin
        server.stop()
        return Reading(taken)


def _import_grpc() -> Reading:
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import grpc"], check=True)
    return Reading(time.perf_counter() - begin)


CASE = Case(
    name="start",
    title=f"from the command to SERVING with {PACKAGED_MODELS:,} models in",
    unit="s",
    open=_open,
    bars=(Bar("cold first start", 15), Bar("warm start", 3)),
    rounds=3,
)
