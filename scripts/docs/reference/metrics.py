"""The page of metrics: what a process tells Prometheus."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator

from prometheus_client.core import Metric

from modeldex_server.app import measures
from modeldex_server.metrics import Metrics
from reference.markdown import GENERATED, cell, code, table

_INTRODUCTION = """# Metrics

What `/metrics` on `metrics_listen` (`localhost:9464`) says, beside the usual `process_` and `python_` metrics. Counters
carry the ending `_total`. How to use them: [Deploy](../how-to/deploy.md#metrics).
"""
_LABELS = {
    "modeldex_calls": ("service", "method", "code"),
    "modeldex_call_seconds": ("service", "method"),
    "modeldex_calls_in_flight": ("service", "method"),
    "modeldex_refreshes": ("source", "outcome"),
    "modeldex_refresh_seconds": ("source",),
    "modeldex_cache_evictions": ("reason",),
    "modeldex_history_versions": ("operation",),
    "modeldex_history_rollbacks": ("state",),
    **{f"modeldex_cache_tier_{count}": ("tier",) for count in measures.TIER_COUNTS},
}

_COUNTERS = ("count_from", "counts_from")


def page() -> str:
    """The page."""
    metrics = sorted({*_registered(), *_counted()})
    rows = (
        (code(name), kind, ", ".join(code(label) for label in _LABELS.get(name, ())), cell(text))
        for name, kind, text in metrics
    )
    return "\n".join((GENERATED, _INTRODUCTION, table(("metric", "kind", "labels", ""), rows)))


def _registered() -> Iterator[tuple[str, str, str]]:
    """What every process has from its start."""
    for metric in Metrics().registry.collect():
        if isinstance(metric, Metric) and metric.name.startswith("modeldex_"):
            yield metric.name, metric.type, metric.documentation


def _counted() -> Iterator[tuple[str, str, str]]:
    """What the composition root counts beside: its calls of `count_from` and `counts_from`."""
    tree = ast.parse(inspect.getsource(measures))
    texts = {
        target.id: value.value
        for one in ast.walk(tree)
        if isinstance(one, ast.Assign)
        for target, value in zip(_parts(one.targets[0]), _parts(one.value), strict=False)
        if isinstance(target, ast.Name) and isinstance(value, ast.Constant)
    }
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in _COUNTERS:
            name, text, *_ = call.args
            if isinstance(name, ast.Constant):
                words = text.value if isinstance(text, ast.Constant) else texts[ast.unparse(text)]
                yield str(name.value), "counter", str(words)
    for count, words in measures.TIER_COUNTS.items():
        yield f"modeldex_cache_tier_{count}", "counter", words


def _parts(one: ast.expr) -> list[ast.expr]:
    """The parts of `a, b`; what is none is its only part."""
    return one.elts if isinstance(one, ast.Tuple) else [one]
