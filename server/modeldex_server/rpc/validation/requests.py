"""What must hold of every request: one table, keyed by the type of the message.

The comments of the contract state the rules; this table is them. A request with several violations is told all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from google.protobuf.message import Message

from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import model_pb2, provider_pb2
from modeldex.v1 import provider_service_pb2 as provider
from modeldex.v1 import subscriber_service_pb2 as subscriber
from modeldex_server.errors import InvalidRequest, Violation
from modeldex_server.rpc.validation import cache, feed_statistics, history, invalidation, subscriptions, watch
from modeldex_server.rpc.validation.model import ID_BYTES, PROVIDER_ID_BYTES, model_id_problem, model_rules
from modeldex_server.rpc.validation.rules import (
    Names,
    Rule,
    Violations,
    amount_problem,
    capability_names,
    checked,
    currency_problem,
    duration_problem,
    each,
    enum,
    enums,
    meter_problem,
    not_negative,
    required,
    some,
    text,
    texts,
    timestamp,
    within,
)

_FILTER_WORDS = 1000
_NAMES = ("capabilities_present", "capabilities_true", "capabilities_false", "capabilities_unknown")
_CONFIGURATION_FIELDS = frozenset(discovery.DiscoveryConfiguration.DESCRIPTOR.fields_by_name)


class Validator:
    """Checks requests. `names` are the capabilities that may be named."""

    def __init__(self, names: Names) -> None:
        self._rules = _table(names)

    def checker(self, request: type[Message]) -> Callable[[Message], None]:
        """What checks a request of this type and raises InvalidRequest. KeyError for a type without rules."""
        rules = self._rules[request]

        def check(message: Message) -> None:
            violations: Violations = []
            for rule in rules:
                rule(message, "", violations)
            if violations:
                raise InvalidRequest(violations)

        return check


def _table(names: Names) -> dict[type[Message], tuple[Rule, ...]]:
    # Whoever asks for a model by an id that none can have is told that there is none; only a writer needs its form.
    any_id, any_model_id = text("id", ID_BYTES, required=True), text("model_id", ID_BYTES, required=True)
    min_revision, page_size, expected = (not_negative(f) for f in ("min_revision", "page_size", "expected_version"))
    audit = (text("request_id", 128), text("reason", 1024, lines=True))
    as_of = (timestamp("as_of_time"), not_negative("as_of_revision"))
    models, watched = _filter(names), watch.rules(names)
    of_models = (within("models", (models,)), *watched, watch.no_deleted)
    return {
        discovery.RefreshProviderRequest: (text("provider_id", PROVIDER_ID_BYTES, required=True),),
        discovery.RefreshProvidersRequest: (texts("provider_ids", 1000, PROVIDER_ID_BYTES),),
        discovery.GetModelRequest: (any_id, min_revision, *as_of, _no_raw_records_then),
        discovery.BatchGetModelsRequest: (texts("ids", 1000, ID_BYTES, least=1), min_revision),
        discovery.ListModelsRequest: (
            within("filter", (models,)),
            enum("sort_field", discovery.ModelSortField.DESCRIPTOR),
            page_size,
            min_revision,
            *as_of,
        ),
        discovery.SaveModelRequest: (required("model"), within("model", model_rules(names)), expected, *audit),
        discovery.DeleteModelRequest: (checked("id", model_id_problem), expected, *audit),
        discovery.UndeleteModelRequest: (checked("id", model_id_problem), expected, *audit),
        discovery.GetModelStatsRequest: (min_revision,),
        discovery.GetModelCapabilitiesRequest: (any_model_id, min_revision),
        discovery.ValidateModelCapabilitiesRequest: (
            any_model_id,
            capability_names("required_capabilities", names, 100, least=1),
            min_revision,
        ),
        discovery.ListModelBenchmarksRequest: (any_model_id, page_size),
        discovery.BenchmarkModelRequest: (any_model_id, text("benchmark_type", 64)),
        discovery.GetStatusRequest: (),
        discovery.GetConfigurationRequest: (),
        discovery.UpdateConfigurationRequest: (required("configuration"), _configuration, expected, *audit),
        discovery.StartDiscoveryRequest: audit,
        discovery.StopDiscoveryRequest: audit,
        provider.GetProviderRequest: (text("id", PROVIDER_ID_BYTES, required=True), min_revision),
        provider.ListProvidersRequest: (
            enums("statuses", provider_pb2.ProviderStatus.DESCRIPTOR, 100, zero=True),
            page_size,
            min_revision,
        ),
        subscriber.WatchRequest: (*of_models, subscriptions.of_subscription),
        subscriber.WatchModelUpdatesRequest: of_models,
        subscriber.WatchProviderUpdatesRequest: (*watched, watch.no_snapshot),
        subscriber.WatchCapabilityUpdatesRequest: (*watched, watch.no_snapshot),
        subscriber.PublishUpdatesRequest: (some("updates", 1000), *audit),
        **subscriptions.table(names, models),
        **feed_statistics.TABLE,
        **cache.table(names, models),
        **invalidation.table(names),
        **history.table(names),
    }


def _filter(names: Names) -> Rule:
    rest: tuple[Rule, ...] = (
        texts("provider_ids", _FILTER_WORDS, PROVIDER_ID_BYTES),
        *(capability_names(field, names, _FILTER_WORDS) for field in _NAMES),
        enums("input_modalities", model_pb2.Modality.DESCRIPTOR, _FILTER_WORDS),
        enums("output_modalities", model_pb2.Modality.DESCRIPTOR, _FILTER_WORDS),
        *(not_negative(f) for f in ("min_context_window", "min_max_input_tokens", "min_max_output_tokens")),
        each("price_ceilings", 16, _PRICE_CEILING),
        enums("lifecycle_stages", model_pb2.LifecycleStage.DESCRIPTOR, _FILTER_WORDS, zero=True),
        timestamp("retires_before"),
        texts("tags", _FILTER_WORDS, 128),
        texts("any_tags", _FILTER_WORDS, 128),
        text("canonical_id", ID_BYTES),
        text("query", 256),
    )

    def rule(message: Any, path: str, out: Violations) -> None:
        # First of all: of ten thousand words none needs to be looked at.
        if (words := _words(message)) > _FILTER_WORDS:
            problem = f"must hold at most {_FILTER_WORDS:,} words in all, not {words:,}"
            out.append(Violation(path.removesuffix("."), problem))
            return
        for one in rest:
            one(message, path, out)

    return rule


_PRICE_CEILING: tuple[Rule, ...] = (
    checked("meter", meter_problem),
    checked("max_amount", amount_problem),
    enum("unit", model_pb2.PriceUnit.DESCRIPTOR),
    checked("currency", currency_problem),
)

_REPEATED = tuple(field.name for field in discovery.ModelFilter.DESCRIPTOR.fields if field.is_repeated)


def _words(chosen: discovery.ModelFilter) -> int:
    lists = sum(len(getattr(chosen, name)) for name in _REPEATED)
    return lists + (len(chosen.query.split()) if len(chosen.query) <= 256 else 0)


def _no_raw_records_then(request: discovery.GetModelRequest, path: str, out: Violations) -> None:
    if request.include_raw_records and request.WhichOneof("as_of"):
        out.append(Violation(path + "include_raw_records", "must not be set with as_of: they are not kept"))


def _configuration(request: discovery.UpdateConfigurationRequest, path: str, out: Violations) -> None:
    if not request.HasField("configuration"):
        return
    mask, configuration = request.update_mask.paths, request.configuration
    if len(mask) > len(_CONFIGURATION_FIELDS):
        out.append(Violation("update_mask", f"must name at most {len(_CONFIGURATION_FIELDS)} fields"))
        return
    out.extend(
        Violation(f"update_mask.paths[{at}]", "must be one of " + ", ".join(sorted(_CONFIGURATION_FIELDS)))
        for at, name in enumerate(mask)
        if name not in _CONFIGURATION_FIELDS
    )
    changed = set(mask) or {field.name for field, _ in configuration.ListFields()}
    if not changed:
        out.append(Violation("configuration", "must set a field; to set a number to 0, name it in update_mask"))
    for name in sorted(changed & _CONFIGURATION_FIELDS):
        if problem := _configuration_problem(configuration, name):
            out.append(Violation(f"configuration.{name}", problem))


_SPANS = {
    "refresh_interval": (timedelta(seconds=10), timedelta(days=30), "10 seconds to 30 days"),
    "provider_timeout": (timedelta(seconds=1), timedelta(minutes=10), "1 second to 10 minutes"),
    "retry_delay": (timedelta(0), timedelta(seconds=60), "0 to 60 seconds"),
    "cache_ttl": (timedelta(seconds=1), timedelta(days=30), "1 second to 30 days"),
}
_NUMBERS = {"max_concurrent_providers": (1, 100), "retry_attempts": (0, 10), "removal_threshold": (1, 100)}
_FLAGS = {"cache_enabled", "notifications_enabled"}
assert _SPANS.keys() | _NUMBERS.keys() | _FLAGS == _CONFIGURATION_FIELDS  # a new field needs its bounds


def _configuration_problem(configuration: discovery.DiscoveryConfiguration, name: str) -> str | None:
    if name in _FLAGS:
        return None
    if name in _NUMBERS:
        least, most = _NUMBERS[name]
        return None if least <= getattr(configuration, name) <= most else f"must be {least} to {most}"
    if not configuration.HasField(name):  # type: ignore[arg-type] # one of _SPANS
        return "is named in update_mask and must be set"
    return duration_problem(getattr(configuration, name), *_SPANS[name])
