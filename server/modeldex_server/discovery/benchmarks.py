"""Benchmarks of models: switched off on this release, so there is none to list and none to run."""

from __future__ import annotations

from collections.abc import Sequence

from modeldex.v1 import discovery_service_pb2 as api
from modeldex_server.errors import BenchmarksDisabled


def list_benchmarks(_model_id: str) -> Sequence[api.ModelBenchmark]:
    """The results of a model, newest first."""
    return ()


def run_benchmark(model_id: str) -> api.ModelBenchmark:
    """Run a benchmark.

    Raises:
        BenchmarksDisabled.
    """
    raise BenchmarksDisabled(model_id)
