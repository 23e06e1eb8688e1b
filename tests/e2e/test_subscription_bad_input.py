"""Requests about subscriptions that ask for what there is not, or for too much."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.timestamp_pb2 import Timestamp

from modeldex.v1 import condition_pb2
from modeldex.v1 import subscriber_service_pb2 as subscriber
from modeldex.v1 import subscription_pb2 as pb
from modeldex.v1.discovery_service_pb2 import ModelFilter
from modeldex.v1.subscriber_service_pb2_grpc import SubscriberServiceStub
from support.api import Api, Problem, problem_of
from support.pairs import Pair

INVALID = ("INVALID_ARGUMENT", "INVALID_REQUEST")
MODEL, CUSTOM = condition_pb2.EVENT_FILTER_TYPE_MODEL, condition_pb2.EVENT_FILTER_TYPE_CUSTOM
EQUALS = condition_pb2.CONDITION_OPERATOR_EQUALS
GREATER = condition_pb2.CONDITION_OPERATOR_GREATER_THAN
REGEX = condition_pb2.CONDITION_OPERATOR_REGEX


def ask(caller: Api, request: Any) -> Any:
    """The call of a method, which the type of its request names."""
    name = type(request).__name__.removesuffix("Request")
    return getattr(SubscriberServiceStub(caller.channel), name)(request, timeout=20)


async def refused(caller: Api, request: Any) -> Problem:
    return await problem_of(ask(caller, request))


def one_filter(field: str, operator: int, value: str = "x", count: int = 1, type_: int = MODEL) -> Any:
    condition = condition_pb2.Condition(field=field, operator=operator)  # type: ignore[arg-type] # a number of the enum
    condition.value.string_value = value
    return condition_pb2.EventFilter(type=type_, conditions=[condition] * count)  # type: ignore[arg-type]


GOOD = one_filter("family", EQUALS)


def creating(client_id: str = "app", type_: int = 1, after: int | None = None, **wanted: Any) -> Any:
    given = pb.Subscription(client_id=client_id, type=type_, **wanted)  # type: ignore[arg-type] # a number of the enum
    return subscriber.CreateSubscriptionRequest(subscription=given, after_revision=after)


def options(**given: Any) -> Any:
    return creating(options=pb.SubscriptionOptions(**given))


def retry(**given: Any) -> Any:
    return options(retry=pb.RetryPolicy(**given))


def seconds(number: int, nanos: int = 0) -> Duration:
    return Duration(seconds=number, nanos=nanos)


def updating(*mask: str, **wanted: Any) -> Any:
    given = pb.Subscription(**wanted)
    return subscriber.UpdateSubscriptionRequest(
        subscription_id="s", subscription=given, update_mask=FieldMask(paths=mask)
    )


def acknowledging(**given: Any) -> Any:
    return subscriber.AcknowledgeUpdatesRequest(**{"subscription_id": "s", "stream": 1, "through_revision": 9} | given)


def rejecting(**given: Any) -> Any:
    return acknowledging(rejected=[pb.UpdateRejection(**{"revision": 1} | given)])


def watching(**given: Any) -> Any:
    return subscriber.WatchOptions(**given)


_O = "subscription.options."
_CONDITION = "subscription.filters[0].conditions[0]."


@pytest.mark.parametrize(
    ("request_", "fields"),
    [
        (subscriber.CreateSubscriptionRequest(), ["subscription"]),
        (creating(""), ["subscription.client_id"]),
        (creating("x" * 129), ["subscription.client_id"]),
        (creating("a\x00b"), ["subscription.client_id"]),
        (creating("line\nfeed"), ["subscription.client_id"]),
        (creating(type_=0), ["subscription.type"]),
        (creating(type_=77), ["subscription.type"]),
        (creating("", 0, -1), ["subscription.client_id", "subscription.type", "after_revision"]),
        (creating(after=-(2**63)), ["after_revision"]),
        (creating(type_=3, models=ModelFilter()), ["subscription.models"]),
        (creating(type_=4, models=ModelFilter()), ["subscription.models"]),
        (creating(models=ModelFilter(include_deleted=True)), ["subscription.models.include_deleted"]),
        (creating(models=ModelFilter(min_context_window=-1)), ["subscription.models.min_context_window"]),
        (creating(filters=[GOOD] * 21), ["subscription.filters"]),
        (creating(filters=[one_filter("family", EQUALS, count=10_000)]), ["subscription.filters"]),
        (creating(filters=[one_filter("family", EQUALS, count=100)] * 6), ["subscription.filters"]),
        (creating(filters=[one_filter("family", EQUALS, count=101)]), ["subscription.filters[0].conditions"]),
        (creating(filters=[one_filter("family", EQUALS, count=0)]), ["subscription.filters[0].conditions"]),
        (creating(filters=[GOOD, one_filter("family", EQUALS, type_=0)]), ["subscription.filters[1].type"]),
        (creating(filters=[one_filter("family", EQUALS, type_=77)]), ["subscription.filters[0].type"]),
        (creating(filters=[one_filter("nonsense", EQUALS)]), [_CONDITION + "field"]),
        (creating(filters=[one_filter("nonsense", EQUALS, type_=CUSTOM)]), [_CONDITION + "field"]),
        (creating(filters=[one_filter("family", GREATER)]), [_CONDITION + "operator"]),
        (creating(filters=[one_filter("family", 0)]), [_CONDITION + "operator"]),
        (creating(filters=[one_filter("family", REGEX, "(")]), [_CONDITION + "value"]),
        (creating(filters=[one_filter("family", REGEX, "(x{1000}){1000}")]), [_CONDITION + "value"]),
        (options(max_batch_events=0), [_O + "max_batch_events"]),
        (options(max_batch_events=10_000_000), [_O + "max_batch_events"]),
        (options(max_batch_bytes=1023), [_O + "max_batch_bytes"]),
        (options(max_batch_bytes=2**31 - 1), [_O + "max_batch_bytes"]),
        (options(max_batch_delay=seconds(-1)), [_O + "max_batch_delay"]),
        (options(max_batch_delay=seconds(5, 1)), [_O + "max_batch_delay"]),
        (options(coalescing=9), [_O + "coalescing"]),
        (options(acknowledgement=9), [_O + "acknowledgement"]),
        (options(acknowledgement_timeout=seconds(0)), [_O + "acknowledgement_timeout"]),
        (options(acknowledgement_timeout=seconds(3601)), [_O + "acknowledgement_timeout"]),
        (options(max_unacknowledged=0), [_O + "max_unacknowledged"]),
        (options(max_unacknowledged=100_001), [_O + "max_unacknowledged"]),
        (options(priority=-1), [_O + "priority"]),
        (options(priority=10), [_O + "priority"]),
        (options(idle_timeout=seconds(59)), [_O + "idle_timeout"]),
        (options(idle_timeout=seconds(-(2**62))), [_O + "idle_timeout"]),
        (options(idle_timeout=seconds(365 * 86_400 + 1)), [_O + "idle_timeout"]),
        (options(metadata={str(number): "" for number in range(10_000)}), [_O + "metadata"]),
        (options(metadata={"k": "x" * 1025}), [_O + "metadata[k]"]),
        (options(metadata={"k" * 129: "x"}), [_O + "metadata[" + "k" * 64 + "...]"]),
        (options(metadata={"": "x"}), [_O + "metadata[]"]),
        (options(metadata={"k": "a\x00b"}), [_O + "metadata[k]"]),
        (retry(max_retries=-1), [_O + "retry.max_retries"]),
        (retry(max_retries=101), [_O + "retry.max_retries"]),
        (retry(base_delay=seconds(-1)), [_O + "retry.base_delay"]),
        (retry(max_delay=seconds(86_401)), [_O + "retry.max_delay"]),
        (retry(multiplier=0.99), [_O + "retry.multiplier"]),
        (retry(multiplier=float("nan")), [_O + "retry.multiplier"]),
        (retry(multiplier=float("inf")), [_O + "retry.multiplier"]),
        (retry(retryable_reasons=["x"] * 51), [_O + "retry.retryable_reasons"]),
        (retry(retryable_reasons=["", "x" * 65]), [_O + f"retry.retryable_reasons[{at}]" for at in (0, 1)]),
        (
            subscriber.CreateSubscriptionRequest(subscription=creating().subscription, request_id="x" * 129),
            ["request_id"],
        ),
        (subscriber.GetSubscriptionRequest(), ["subscription_id"]),
        (subscriber.GetSubscriptionRequest(subscription_id="a\x00b"), ["subscription_id"]),
        (subscriber.DeleteSubscriptionRequest(), ["subscription_id"]),
        (subscriber.DeleteClientSubscriptionsRequest(), ["client_id"]),
        (subscriber.DeleteClientSubscriptionsRequest(client_id="x" * 129), ["client_id"]),
        (subscriber.PauseSubscriptionRequest(subscription_id="x" * 129), ["subscription_id"]),
        (subscriber.ResumeSubscriptionRequest(request_id="\x1f"), ["subscription_id", "request_id"]),
        (subscriber.AddSubscriptionFilterRequest(subscription_id="s"), ["filter"]),
        (subscriber.AddSubscriptionFilterRequest(subscription_id="s", filter=condition_pb2.EventFilter()), None),
        (subscriber.RemoveSubscriptionFilterRequest(subscription_id="s"), ["filter_id"]),
        (subscriber.UpdateSubscriptionFilterRequest(filter=GOOD), ["subscription_id", "filter_id"]),
        (
            subscriber.UpdateSubscriptionFilterRequest(
                subscription_id="s", filter_id="f1", filter=GOOD, expected_version=-1
            ),
            ["expected_version"],
        ),
        (subscriber.UpdateSubscriptionRequest(subscription_id="s"), ["subscription"]),
        (updating(), ["subscription"]),
        (updating(client_id="other"), ["subscription"]),
        (updating("client_id"), ["update_mask.paths[0]"]),
        (updating("filters", "options.nonsense"), ["update_mask.paths[1]"]),
        (updating("options.retry.max_retries"), ["update_mask.paths[0]"]),
        (updating(*["filters"] * 10_000), ["update_mask"]),
        (updating("", "*"), ["update_mask.paths[0]", "update_mask.paths[1]"]),
        (updating(options=pb.SubscriptionOptions(priority=11)), [_O + "priority"]),
        (updating(filters=[one_filter("nonsense", EQUALS)]), [_CONDITION + "field"]),
        (subscriber.ListSubscriptionsRequest(page_size=-1), ["page_size"]),
        (subscriber.ListSubscriptionsRequest(types=[1, 0]), ["types[1]"]),  # type: ignore[list-item] # numbers of the enum
        (subscriber.ListSubscriptionsRequest(statuses=[9]), ["statuses[0]"]),  # type: ignore[list-item]
        (subscriber.ListSubscriptionsRequest(filter_types=[0]), ["filter_types[0]"]),  # type: ignore[list-item]
        (subscriber.ListSubscriptionsRequest(filter_fields=["x"] * 21), ["filter_fields"]),
        (subscriber.ListSubscriptionsRequest(filter_fields=["", "x" * 257]), ["filter_fields[0]", "filter_fields[1]"]),
        (subscriber.ListSubscriptionsRequest(created_after=Timestamp(seconds=2**60)), ["created_after"]),
        (subscriber.ListSubscriptionsRequest(active_after=Timestamp(nanos=-1)), ["active_after"]),
        (subscriber.ListDeadLettersRequest(page_size=-1), ["subscription_id", "page_size"]),
        (acknowledging(stream=0), ["stream"]),
        (acknowledging(through_revision=-1), ["through_revision"]),
        (acknowledging(rejected=[pb.UpdateRejection(revision=1)] * 1001), ["rejected"]),
        (rejecting(revision=0), ["rejected[0].revision"]),
        (rejecting(revision=10), ["rejected[0].revision"]),
        (rejecting(ordinal=-1), ["rejected[0].ordinal"]),
        (rejecting(reason="x" * 65), ["rejected[0].reason"]),
        (rejecting(message="x" * 1025), ["rejected[0].message"]),
    ],
)
async def test_bad_fields_are_named(api: Api, pair: Pair, request_: Any, fields: list[str] | None) -> None:
    """INVALID_ARGUMENT (INVALID_REQUEST) names each field that breaks a rule, all together, and nothing is written."""
    before = pair.catalogue.rows("SELECT count(*) FROM subscription")
    problem = await refused(api, request_)
    assert problem.short == INVALID
    wrong = ["filter.type", "filter.conditions"] if fields is None else fields
    assert sorted(problem.violations) == sorted(wrong), problem.violations
    assert pair.catalogue.rows("SELECT count(*) FROM subscription") == before


async def test_a_bad_mask_names_what_is_allowed(api: Api) -> None:
    """Who names a field that cannot be changed is told of those that can."""
    problem = await refused(api, updating("type"))
    allowed = problem.violations["update_mask.paths[0]"]
    assert allowed.startswith('must be filters, models, options, or "options." and one of max_batch_events, ')
    assert allowed.endswith(", metadata")


async def test_models_are_asked_for_of_models_only_also_in_an_update(api: Api) -> None:
    """A subscription to updates of providers takes no filter of models, when it is created nor later."""
    made = (await ask(api, creating(type_=3))).subscription
    request = updating(models=ModelFilter(provider_ids=["acme"]))
    request.subscription_id = made.id
    problem = await refused(api, request)
    assert (problem.short, list(problem.violations)) == (INVALID, ["subscription.models"])
    read = await ask(api, subscriber.GetSubscriptionRequest(subscription_id=made.id))
    assert read.subscription.version == 1


@pytest.mark.parametrize(
    ("beside", "fields"),
    [
        ({"filters": [GOOD]}, ["filters"]),
        ({"models": ModelFilter()}, ["models"]),
        ({"options": watching(after_revision=0)}, ["options.after_revision"]),
        ({"options": watching(initial_snapshot=True)}, ["options.initial_snapshot"]),
        (
            {"options": watching(max_batch_events=5, omit_before=True)},
            ["options.max_batch_events", "options.omit_before"],
        ),
        ({"subscription_id": "x" * 129}, ["subscription_id"]),
    ],
)
async def test_a_watch_of_a_subscription_says_nothing_that_the_subscription_says(
    api: Api, beside: dict[str, Any], fields: list[str]
) -> None:
    """With subscription_id only bookmark_interval and resume_token are a watch's own."""
    request = subscriber.WatchRequest(**{"subscription_id": "s"} | beside)

    async def first() -> object:
        return await SubscriberServiceStub(api.channel).Watch(request, timeout=20).read()

    problem = await problem_of(first())
    assert (problem.short, sorted(problem.violations)) == (INVALID, sorted(fields))
