"""`modeldex models get` from cold, beside `python -c "import grpc"`."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from benchmarks.case import Bar, Case, Plan
from benchmarks.rounds import Reading, Turn
from benchmarks.service import packaged

_PROGRAM = str(Path(sys.executable).with_name("modeldex"))


@contextmanager
def _open(_plan: Plan) -> Iterator[Mapping[str, Turn]]:
    with packaged() as service:
        get = [_PROGRAM, "models", "get", "openai/gpt-4o", "--target", service.address]
        yield {
            "import grpc": lambda: _run([sys.executable, "-c", "import grpc"]),
            "modeldex models get": lambda: _run(get),
            "modeldex models list -n 50": lambda: _run(
                [_PROGRAM, "models", "list", "-n", "50", "--target", service.address]
            ),
        }


def _run(command: list[str]) -> Reading:
    begin = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return Reading(time.perf_counter() - begin)


CASE = Case(
    name="command",
    title="modeldex models get from cold",
    unit="s",
    open=_open,
    base="import grpc",
    bars=(Bar("modeldex models get", 0.6), Bar("modeldex models get", 3, of="ratio")),
)
