"""What must hold of what is asked of the history, as the comments of the contract state it."""

from __future__ import annotations

import time
from typing import Any

import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.protobuf.struct_pb2 import Value
from google.protobuf.timestamp_pb2 import Timestamp

from modeldex.v1 import history_service_pb2 as api
from modeldex_server.rpc.frame.method import Limits, methods
from support.violations import VALIDATOR, violations

HASH = bytes(32)
LONG = "x" * 1025
BAD_TIME = Timestamp(seconds=-62135596801)
BACKWARDS = {"start_time": Timestamp(seconds=2), "end_time": Timestamp(seconds=1, nanos=999_999_999)}
ROLLBACK = {"rollback_id": "rb_1"}
WHY = {"reason": "because"}


def text(value: str) -> Value:
    return Value(string_value=value)


def test_every_request_of_the_service_has_rules() -> None:
    """HistoryService: nothing is let in unchecked."""
    for method in methods(api.DESCRIPTOR.services_by_name["HistoryService"], Limits()):
        VALIDATOR.checker(method.request)


GOOD: list[Message] = [
    api.ListModelVersionsRequest(model_id="any thing", operations=range(1, 8), page_size=501),
    api.GetModelVersionRequest(model_id="acme/one"),
    api.CompareModelVersionsRequest(model_id="acme/one", from_version=1),
    api.ListModelChangesRequest(),
    api.ListModelChangesRequest(
        filter={
            "model_ids": ["x"] * 1000,
            "provider_ids": ["acme"],
            "paths": ["prices", 'prices["input"].amount', 'capabilities["a \\" ] b"]', "lifecycle.stage", "id"],
            "types": [1, 2, 3],
            "change_classes": [1, 2, 3],
            "operations": [3],
            "principals": ["discovery"],
            "start_time": Timestamp(seconds=1),
            "end_time": Timestamp(seconds=1),
            "after_revision": 7,
            "up_to_revision": 7,
        }
    ),
    api.GetVersionStatsRequest(),
    api.RequestRollbackRequest(model_id="acme/one", target_version=1, reason="a\nb", pin_duration=Duration(seconds=60)),
    api.ApproveRollbackRequest(**ROLLBACK, diff_hash=HASH),
    api.RejectRollbackRequest(**ROLLBACK, **WHY),
    api.CancelRollbackRequest(**ROLLBACK),
    api.GetRollbackRequest(**ROLLBACK),
    api.ListRollbacksRequest(states=[1, 6]),
    api.PinModelRequest(model_id="acme/one", **WHY),
    api.UnpinModelRequest(model_id="acme/one", paths=["", "context_window"]),
    api.ListModelPinsRequest(),
    api.CleanupHistoryRequest(),
    api.ListAuditEventsRequest(outcomes=["changed"]),
]


@pytest.mark.parametrize("request_", GOOD, ids=lambda request: type(request).__name__)
def test_what_is_right_passes(request_: Message) -> None:
    """HistoryService: what the contract allows is let in."""
    assert violations(request_) == {}


def filtered(**fields: Any) -> api.ListModelChangesRequest:
    return api.ListModelChangesRequest(filter=fields)


def rollback(**fields: Any) -> api.RequestRollbackRequest:
    return api.RequestRollbackRequest(**({"model_id": "acme/one", "target_version": 1} | WHY | fields))


def pinning(path: str, value: Value | None = None) -> api.PinModelRequest:
    fields = [api.PinnedField(path=path, value=value)]
    return api.PinModelRequest(model_id="acme/one", fields=fields, **WHY)


def overlapping(*paths: str) -> api.PinModelRequest:
    return api.PinModelRequest(model_id="acme/one", fields=[api.PinnedField(path=path) for path in paths], **WHY)


BAD: list[tuple[Message, str, str]] = [
    (api.ListModelVersionsRequest(), "model_id", "not be empty"),
    (api.ListModelVersionsRequest(model_id="a", operations=[0]), "operations[0]", "MODEL_VERSION_OPERATION_CREATE"),
    (api.ListModelVersionsRequest(model_id="a", operations=[99]), "operations[0]", "must be one of"),
    (api.ListModelVersionsRequest(model_id="a", operations=[1] * 17), "operations", "at most 16"),
    (api.ListModelVersionsRequest(model_id="a", page_size=-1), "page_size", "negative"),
    (api.GetModelVersionRequest(model_id="a", version=-1), "version", "negative"),
    (api.GetModelVersionRequest(model_id="a\0"), "model_id", "control characters"),
    (api.GetModelVersionRequest(model_id=LONG), "model_id", "1,024 bytes"),
    (api.CompareModelVersionsRequest(model_id="a"), "from_version", "at least 1"),
    (api.CompareModelVersionsRequest(model_id="a", from_version=-1), "from_version", "at least 1"),
    (api.CompareModelVersionsRequest(model_id="a", from_version=1, to_version=-1), "to_version", "negative"),
    (filtered(model_ids=["a"] * 1001), "filter.model_ids", "at most 1,000"),
    (filtered(provider_ids=[""]), "filter.provider_ids[0]", "not be empty"),
    (filtered(paths=["tags"] * 101), "filter.paths", "at most 100"),
    (filtered(paths=["contextwindow"]), "filter.paths[0]", "must be a path into a model"),
    (filtered(paths=["version"]), "filter.paths[0]", "must be a path into a model"),
    (filtered(paths=["prices.input"]), "filter.paths[0]", 'must be spelled prices["input"]'),
    (filtered(paths=['prices["input"].cost']), "filter.paths[0]", "must be a path into a model"),
    (filtered(paths=['prices["\\u0000"]']), "filter.paths[0]", "must be a path into a model"),
    (filtered(paths=['prices["\\ud800"]']), "filter.paths[0]", "must be a path into a model"),
    (filtered(paths=['capabilities["vision"].flag']), "filter.paths[0]", "must be a path into a model"),
    (filtered(paths=[""]), "filter.paths[0]", "not be empty"),
    (filtered(types=[4]), "filter.types[0]", "must be one of"),
    (filtered(types=[1] * 4), "filter.types", "at most 3"),
    (filtered(change_classes=[0]), "filter.change_classes[0]", "must be one of"),
    (filtered(operations=[8]), "filter.operations[0]", "must be one of"),
    (filtered(principals=["x"] * 101), "filter.principals", "at most 100"),
    (filtered(start_time=BAD_TIME), "filter.start_time", "years 1 to 9999"),
    (filtered(end_time=Timestamp(nanos=-1)), "filter.end_time", "years 1 to 9999"),
    (filtered(**BACKWARDS), "filter.end_time", "before start_time"),
    (filtered(after_revision=-1), "filter.after_revision", "negative"),
    (filtered(after_revision=2, up_to_revision=1), "filter.up_to_revision", "less than after_revision"),
    (filtered(up_to_revision=-1), "filter.up_to_revision", "negative"),
    (api.ListModelChangesRequest(page_size=-1), "page_size", "negative"),
    (api.GetVersionStatsRequest(min_revision=-1), "min_revision", "negative"),
    (rollback(model_id="acme"), "model_id", "<provider_id>/<provider_model_id>"),
    (rollback(target_version=0), "target_version", "at least 1"),
    (rollback(reason=""), "reason", "not be empty"),
    (rollback(reason=LONG), "reason", "1,024 bytes"),
    (rollback(expected_version=-1), "expected_version", "negative"),
    (rollback(request_id="x" * 129), "request_id", "128 bytes"),
    (rollback(pin_duration=Duration(seconds=59)), "pin_duration", "1 minute to 3,650 days"),
    (rollback(pin_duration=Duration(seconds=3650 * 86_400, nanos=1)), "pin_duration", "1 minute to 3,650 days"),
    (api.ApproveRollbackRequest(diff_hash=HASH), "rollback_id", "not be empty"),
    (api.ApproveRollbackRequest(**ROLLBACK, diff_hash=HASH[1:]), "diff_hash", "32 bytes"),
    (api.ApproveRollbackRequest(**ROLLBACK, diff_hash=HASH, comment=LONG), "comment", "1,024 bytes"),
    (api.RejectRollbackRequest(**ROLLBACK), "reason", "not be empty"),
    (api.CancelRollbackRequest(**ROLLBACK, reason=LONG), "reason", "1,024 bytes"),
    (api.GetRollbackRequest(rollback_id=LONG), "rollback_id", "128 bytes"),
    (api.ListRollbacksRequest(states=[7]), "states[0]", "must be one of"),
    (api.ListRollbacksRequest(states=[1] * 17), "states", "at most 16"),
    (api.ListRollbacksRequest(start_time=BAD_TIME), "start_time", "years 1 to 9999"),
    (api.ListRollbacksRequest(**BACKWARDS), "end_time", "before start_time"),
    (api.PinModelRequest(model_id="acme/one"), "reason", "not be empty"),
    (api.PinModelRequest(model_id="acme/one", **WHY, expire_time=BAD_TIME), "expire_time", "years 1 to 9999"),
    (api.PinModelRequest(model_id="acme/one", **WHY, fields=[{"path": "tags"}] * 101), "fields", "at most 100"),
    (api.PinModelRequest(model_id="acme/one", **WHY, fields=[{"path": "tags"}] * 2), "fields[1].path", "twice"),
    (pinning(""), "fields[0].path", "not be empty"),
    (pinning("listed_by"), "fields[0].path", "must not be id,"),
    (pinning('field_sources["*"]'), "fields[0].path", "must not be id,"),
    (pinning("create_time"), "fields[0].path", "must be a path into a model"),
    (pinning("prices", text("1")), "fields[0].value", "no single fact"),
    (pinning("context_window", text("1")), "fields[0].value", "is no value of"),
    (pinning("context_window", Value(number_value=1.5)), "fields[0].value", "is no value of"),
    (pinning("context_window", Value(number_value=0)), "fields[0].value", "must be 1 to"),
    (pinning("context_window", Value()), "fields[0].value", "must hold a value"),
    (pinning("display_name", Value(number_value=1)), "fields[0].value", "is no value of"),
    (pinning("display_name", text(LONG)), "fields[0].value", "1,024 bytes"),
    (pinning('tags["a"]', text("b")), "fields[0].value", "is no value of"),
    (pinning('capabilities["vision"]', Value(number_value=1)), "fields[0].value", "must be a flag"),
    (pinning('capabilities["visoin"]', Value(bool_value=True)), "fields[0].path", 'did you mean "vision"'),
    (pinning('prices["input"].amount', text("-1")), "fields[0].value", "must be a decimal number"),
    (pinning('prices["input"].unit', text("PRICE_UNIT_HOUR")), "fields[0].value", "is no value of"),
    (pinning('prices["input"].tiers["x"]', text("1")), "fields[0].value", "is no value of"),
    (pinning('prices["In put"]'), "fields[0].path", "must be snake_case"),
    (pinning('input_modalities["TEXT"]'), "fields[0].path", "must name one of MODALITY_TEXT"),
    (overlapping("prices", 'prices["input"].amount'), "fields[1].path", "must not overlap with prices"),
    (overlapping('prices["input"]', "prices"), "fields[1].path", 'must not overlap with prices["input"]'),
    (pinning("lifecycle.retirement_time", text("soon")), "fields[0].value", "is no value of"),
    (api.UnpinModelRequest(model_id="acme/one", paths=["nothing"]), "paths[0]", "must be a path into a model"),
    (api.UnpinModelRequest(model_id="acme/one", paths=["tags"] * 101), "paths", "at most 100"),
    (api.ListModelPinsRequest(provider_id=LONG), "provider_id", "128 bytes"),
    (api.ListModelPinsRequest(page_size=-1), "page_size", "negative"),
    (api.CleanupHistoryRequest(model_id=LONG), "model_id", "1,024 bytes"),
    (api.ListAuditEventsRequest(methods=["x"] * 101), "methods", "at most 100"),
    (api.ListAuditEventsRequest(outcomes=[""]), "outcomes[0]", "not be empty"),
    (api.ListAuditEventsRequest(request_id="x" * 129), "request_id", "128 bytes"),
    (api.ListAuditEventsRequest(end_time=BAD_TIME), "end_time", "years 1 to 9999"),
    (api.ListAuditEventsRequest(**BACKWARDS), "end_time", "before start_time"),
]


@pytest.mark.parametrize(("request_", "field", "must_be"), BAD)
def test_what_is_wrong_is_named(request_: Message, field: str, must_be: str) -> None:
    """HistoryService: each bound of the contract is checked, and the violation names the field."""
    found = violations(request_)
    assert list(found) == [field]
    assert must_be in found[field]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("context_window", Value(number_value=128_000)),
        ("context_window", Value(null_value=0)),  # type: ignore[arg-type]
        ("display_name", text("One")),
        ('capabilities["vision"]', Value(bool_value=False)),
        ('prices["input"].amount', text("2.50")),
        ('prices["input"].tiers["200000"]', text("3")),
        ("lifecycle.stage", text("LIFECYCLE_STAGE_ACTIVE")),
        ("lifecycle.retirement_time", text("2027-01-01T00:00:00+01:00")),
        ('tags["a"]', text("a")),
        ('metadata["x"]', Value(bool_value=True)),
    ],
)
def test_what_can_be_pinned(path: str, value: Value) -> None:
    """HistoryService: any fact can be pinned to a value that can stand there."""
    assert violations(pinning(path, value)) == {}


def test_a_small_amount_of_huge_digits_takes_no_time() -> None:
    """HistoryService: an amount is refused before anybody calculates with it."""
    begin = time.perf_counter()
    assert violations(pinning('prices["input"].amount', text("1E999999999")))
    assert time.perf_counter() - begin < 20
