"""What Prometheus can ask of a process: calls, pool, index, tailer, cache, feed, history, Redis, refreshes, ledger."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from itertools import accumulate
from wsgiref.simple_server import WSGIServer

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    start_http_server,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from modeldex_server.errors import StartError

_CALL_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_REFRESH_SECONDS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600)


class Metrics:
    """All metrics of one process, in a registry of their own. Touched from any thread."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        self._methods = _Methods()
        registry.register(self._methods)
        self.pool_size = Gauge("modeldex_pool_connections", "Connections to PostgreSQL.", registry=registry)
        self.pool_idle = Gauge("modeldex_pool_connections_idle", "Of these, free.", registry=registry)
        self.pool_waiting = Gauge("modeldex_pool_waiting", "Requests for a connection that wait.", registry=registry)
        self.index_models = Gauge("modeldex_index_models", "Models in the index.", registry=registry)
        self.tailer_applied = Gauge("modeldex_tailer_revision", "The revision applied last.", registry=registry)
        self.tailer_head = Gauge("modeldex_tailer_head_revision", "The newest revision seen.", registry=registry)
        self.tailer_lag = Gauge(
            "modeldex_tailer_lag_seconds", "Time since the log was last read to its end.",
            registry=registry,
        )  # fmt: skip
        self.cache_entries = Gauge("modeldex_cache_entries", "Copies in memory.", registry=registry)
        self.cache_bytes = Gauge("modeldex_cache_bytes", "Bytes of memory that they take.", registry=registry)
        self.cache_budget = Gauge("modeldex_cache_budget_bytes", "The most that they may.", registry=registry)
        self.cache_answer_bytes = Gauge(
            "modeldex_cache_answer_bytes", "Bytes of ready answers beside them.", registry=registry
        )
        self.invalidations_lag = Gauge(
            "modeldex_cache_invalidations_lag_seconds",
            "Since the log of invalidations was last read to its end.",
            registry=registry,
        )
        self.feed_streams = Gauge("modeldex_feed_streams", "Open watches.", registry=registry)
        self.feed_classes = Gauge("modeldex_feed_classes", "Different selections among them.", registry=registry)
        self.feed_bytes = Gauge("modeldex_feed_ring_bytes", "Bytes in the ring of recent events.", registry=registry)
        self.feed_stalled = Gauge(
            "modeldex_feed_stalled", "Watches that have waited for a minute for their client to read.",
            registry=registry,
        )  # fmt: skip
        self.loop_late = Gauge(
            "modeldex_event_loop_late_seconds", "How late the event loop was at the most in the last ten seconds.",
            registry=registry,
        )  # fmt: skip
        self.history_pinned = Gauge(
            "modeldex_history_pinned_models", "Models that have a pin, as of half a minute ago.", registry=registry
        )
        self.redis_away = Gauge(
            "modeldex_redis_away", "1 while Redis is left alone because it does not answer.", registry=registry
        )
        self.redis_listening = Gauge(
            "modeldex_redis_listening", "1 while hints can come over Redis.", registry=registry
        )
        self.refreshes = Counter(
            "modeldex_refreshes", "Refreshes that ended.", ("source", "outcome"), registry=registry
        )
        self.refresh_seconds = Histogram(
            "modeldex_refresh_seconds", "How long refreshes took.", ("source",), buckets=_REFRESH_SECONDS,
            registry=registry,
        )  # fmt: skip

    def method(self, service: str, method: str) -> MethodMetrics:
        """The metrics of one method, bound once so that a call pays for no lookup."""
        return self._methods.of(service, method)

    def count_from(self, name: str, documentation: str, count: Callable[[], float]) -> None:
        """A counter that is read when Prometheus asks, where even adding one would cost a hot path too much."""
        self.registry.register(_Reading(name, documentation, count))

    def counts_from(self, name: str, documentation: str, label: str, counts: Mapping[str, Callable[[], float]]) -> None:
        """The same for counters of one name, by the value of their label."""
        self.registry.register(_Readings(name, documentation, label, counts))

    def serve(self, host: str, port: int) -> MetricsServer:
        """Serves /metrics on a thread of its own; port 0 takes a free one. Raises StartError where it cannot listen."""
        try:
            server, _ = start_http_server(port, host, self.registry)
        except OSError as error:
            raise StartError(
                f"Metrics cannot listen on {host}:{port}: {error.strerror}. Set --metrics-listen to another address, or"
                ' to "" for no metrics.'
            ) from None
        return MetricsServer(server)


class MethodMetrics:
    """The metrics of one method. Touched from the event loop only.

    Plain numbers that a collector reads: the library's own counters cost a call five times as much, a fifth of what
    the frame may cost.
    """

    __slots__ = ("buckets", "codes", "instant", "seconds", "succeeded", "waiting")

    def __init__(self) -> None:
        self.waiting = 0
        self.succeeded = 0
        self.instant = 0  # calls that ended well without any work, so in the first bucket; `seconds` has their time
        self.codes: dict[str, int] = {}
        self.seconds = 0.0
        self.buckets = [0] * (len(_CALL_SECONDS) + 1)

    def succeed(self, seconds: float) -> None:
        """A call ended well after this time."""
        self.succeeded += 1
        self.seconds += seconds
        self.buckets[bisect_left(_CALL_SECONDS, seconds)] += 1

    def fail(self, code: str, seconds: float) -> None:
        """A call ended with this code after this time."""
        self.codes[code] = self.codes.get(code, 0) + 1
        self.seconds += seconds
        self.buckets[bisect_left(_CALL_SECONDS, seconds)] += 1


class _Methods(Collector):
    """What Prometheus sees of the metrics of all methods."""

    def __init__(self) -> None:
        self._by_name: dict[tuple[str, str], MethodMetrics] = {}

    def of(self, service: str, method: str) -> MethodMetrics:
        """The metrics of one method, the same each time."""
        return self._by_name.setdefault((service, method), MethodMetrics())

    def collect(self) -> Iterable[Metric]:
        names = ("service", "method")
        calls = CounterMetricFamily("modeldex_calls", "Calls that ended.", labels=(*names, "code"))
        durations = HistogramMetricFamily("modeldex_call_seconds", "How long calls took.", labels=names)
        waiting = GaugeMetricFamily(
            "modeldex_calls_in_flight", "Calls that wait for something now, open streams among them.", labels=names
        )
        for name, method in tuple(self._by_name.items()):
            for code, count in ({"OK": method.succeeded + method.instant} | method.codes).items():
                calls.add_metric((*name, code), count)
            bounds = (*(str(bound) for bound in _CALL_SECONDS), "+Inf")
            buckets = list(
                zip(bounds, accumulate([method.buckets[0] + method.instant, *method.buckets[1:]]), strict=True)
            )
            durations.add_metric(name, buckets, method.seconds)
            waiting.add_metric(name, method.waiting)
        return (calls, durations, waiting)


class MetricsServer:
    """The endpoint that Prometheus asks."""

    def __init__(self, server: WSGIServer) -> None:
        self._server = server
        self.port = server.server_port

    def close(self) -> None:
        """Stops listening."""
        self._server.shutdown()
        self._server.server_close()


class _Reading(Collector):
    def __init__(self, name: str, documentation: str, count: Callable[[], float]) -> None:
        self._name = name
        self._documentation = documentation
        self._count = count

    def collect(self) -> Iterable[Metric]:
        yield CounterMetricFamily(self._name, self._documentation, value=self._count())


class _Readings(Collector):
    def __init__(self, name: str, documentation: str, label: str, counts: Mapping[str, Callable[[], float]]) -> None:
        self._name = name
        self._documentation = documentation
        self._label = label
        self._counts = counts

    def collect(self) -> Iterable[Metric]:
        family = CounterMetricFamily(self._name, self._documentation, labels=(self._label,))
        for value, count in self._counts.items():
            family.add_metric((value,), count())
        yield family
