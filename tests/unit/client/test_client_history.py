"""The history in both halves: what each method sends, and what it gives."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.json_format import ParseDict
from google.protobuf.timestamp_pb2 import Timestamp

from modeldex.v1 import history_service_pb2 as pb
from modeldex_client import (
    AuditEvent,
    ChangeClass,
    FieldChangeOperation,
    Model,
    ModelChange,
    ModelDiff,
    ModelPin,
    ModelVersion,
    ModelVersionOperation,
    PinnedField,
    Rollback,
    RollbackState,
)
from modeldex_client._history import value_of
from unit.client.servers import Use, ask_async, ask_sync, serving

DAY = datetime(2026, 3, 1, tzinfo=UTC)
MARCH, APRIL = Timestamp(seconds=1772323200), Timestamp(seconds=1775001600)
VERSION = ModelVersion(model_id="a/b", version=7)
DIFF = ModelDiff(model_id="a/b", from_version=1, to_version=7, hash=b"h" * 32)
CHANGE = ModelChange(model_id="a/b", version=7)
ROLLBACK = Rollback(id="rb_1", diff=DIFF)
PIN = ModelPin(model_id="a/b", path="prices")
EVENT = AuditEvent(number=3)
UPDATE = ModelVersionOperation.MODEL_VERSION_OPERATION_UPDATE
BREAKING = ChangeClass.CHANGE_CLASS_BREAKING
REMOVED = FieldChangeOperation.FIELD_CHANGE_OPERATION_REMOVED
PENDING = RollbackState.ROLLBACK_STATE_PENDING
PINNED = pb.PinModelResponse(model=Model(id="a/b"), pins=[PIN], revision=5)
UNPINNED = pb.UnpinModelResponse(model=Model(id="a/b"), revision=5)
STATS = pb.GetVersionStatsResponse(total_versions=3, revision=5)
PURGED = pb.CleanupHistoryResponse(purged_versions=3, dry_run=True, revision=5)
Ask = Callable[..., Awaitable[Any]]


@pytest.fixture(params=[ask_sync, ask_async], ids=["sync", "async"])
def ask(request: pytest.FixtureRequest) -> Ask:
    return request.param  # type: ignore[no-any-return]


# The method that is called, its request but for what is by chance, the answer, and what the client gives.
CALLS: dict[str, tuple[Use, Any, Any, Any]] = {
    "versions": (
        lambda client: client.history.versions("a/b", operations=[UPDATE], include_models=True, limit=10),
        pb.ListModelVersionsRequest(model_id="a/b", operations=[UPDATE], include_models=True, page_size=10),
        pb.ListModelVersionsResponse(versions=[VERSION], revision=5),
        [VERSION],
    ),
    "version": (
        lambda client: client.history.version("a/b", 7, min_revision=4),
        pb.GetModelVersionRequest(model_id="a/b", version=7, min_revision=4),
        pb.GetModelVersionResponse(version=VERSION, revision=5),
        VERSION,
    ),
    "compare": (
        lambda client: client.history.compare("a/b", 1),
        pb.CompareModelVersionsRequest(model_id="a/b", from_version=1),
        pb.CompareModelVersionsResponse(diff=DIFF, revision=5),
        DIFF,
    ),
    "changes": (
        lambda client: client.history.changes(
            DAY,
            DAY + timedelta(days=31),
            model_ids="a/b",
            provider_ids=["a", "c"],
            paths="prices",
            types=[REMOVED],
            change_classes=[BREAKING],
            operations=[UPDATE],
            principals="dana",
            after_revision=3,
            up_to_revision=9,
            page_size=20,
        ),
        pb.ListModelChangesRequest(
            filter=pb.ModelChangeFilter(
                model_ids=["a/b"],
                provider_ids=["a", "c"],
                paths=["prices"],
                types=[REMOVED],
                change_classes=[BREAKING],
                operations=[UPDATE],
                principals=["dana"],
                start_time=MARCH,
                end_time=APRIL,
                after_revision=3,
                up_to_revision=9,
            ),
            page_size=20,
        ),
        pb.ListModelChangesResponse(changes=[CHANGE], revision=5),
        [CHANGE],
    ),
    "stats": (
        lambda client: client.history.stats("a/b"),
        pb.GetVersionStatsRequest(model_id="a/b"),
        STATS,
        STATS,
    ),
    "request": (
        lambda client: client.history.rollbacks.request(
            "a/b", 3, reason="why", expected_version=7, pin_duration=timedelta(days=1), break_glass=True
        ),
        pb.RequestRollbackRequest(
            model_id="a/b",
            target_version=3,
            reason="why",
            expected_version=7,
            pin_duration=Duration(seconds=86_400),
            break_glass=True,
        ),
        pb.RequestRollbackResponse(rollback=ROLLBACK, revision=5),
        ROLLBACK,
    ),
    "approve": (
        lambda client: client.history.rollbacks.approve(ROLLBACK, comment="seen"),
        pb.ApproveRollbackRequest(rollback_id="rb_1", diff_hash=b"h" * 32, comment="seen"),
        pb.ApproveRollbackResponse(rollback=ROLLBACK, revision=5),
        ROLLBACK,
    ),
    "reject": (
        lambda client: client.history.rollbacks.reject(ROLLBACK, reason="no"),
        pb.RejectRollbackRequest(rollback_id="rb_1", reason="no"),
        pb.RejectRollbackResponse(rollback=ROLLBACK, revision=5),
        ROLLBACK,
    ),
    "cancel": (
        lambda client: client.history.rollbacks.cancel("rb_1"),
        pb.CancelRollbackRequest(rollback_id="rb_1"),
        pb.CancelRollbackResponse(rollback=ROLLBACK, revision=5),
        ROLLBACK,
    ),
    "get": (
        lambda client: client.history.rollbacks.get("rb_1"),
        pb.GetRollbackRequest(rollback_id="rb_1"),
        pb.GetRollbackResponse(rollback=ROLLBACK, revision=5),
        ROLLBACK,
    ),
    "list": (
        lambda client: client.history.rollbacks.list(DAY, model_id="a/b", states=[PENDING], requester="dana"),
        pb.ListRollbacksRequest(model_id="a/b", states=[PENDING], requester="dana", start_time=MARCH, page_size=500),
        pb.ListRollbacksResponse(rollbacks=[ROLLBACK], revision=5),
        [ROLLBACK],
    ),
    "pin the whole": (
        lambda client: client.history.pin("a/b", reason="why", until=DAY, expected_version=7),
        pb.PinModelRequest(model_id="a/b", reason="why", expire_time=MARCH, expected_version=7),
        PINNED,
        PINNED,
    ),
    "pin as it is": (
        lambda client: client.history.pin("a/b", "prices", reason="why"),
        pb.PinModelRequest(model_id="a/b", reason="why", fields=[PinnedField(path="prices")]),
        PINNED,
        PINNED,
    ),
    "pin to a value": (
        lambda client: client.history.pin("a/b", {"context_window": 128_000, "family": None}, reason="why"),
        ParseDict(
            {
                "modelId": "a/b",
                "reason": "why",
                "fields": [{"path": "context_window", "value": 128_000}, {"path": "family", "value": None}],
            },
            pb.PinModelRequest(),
        ),
        PINNED,
        PINNED,
    ),
    "unpin": (
        lambda client: client.history.unpin("a/b", "", reason="over", expected_version=7),
        pb.UnpinModelRequest(model_id="a/b", paths=[""], reason="over", expected_version=7),
        UNPINNED,
        UNPINNED,
    ),
    "pins": (
        lambda client: client.history.pins(provider_id="a"),
        pb.ListModelPinsRequest(provider_id="a", page_size=500),
        pb.ListModelPinsResponse(pins=[PIN], revision=5),
        [PIN],
    ),
    "audit": (
        lambda client: client.history.audit(
            DAY,
            principal="dana",
            methods="SaveModel",
            resource="a/b",
            provider_id="a",
            outcomes=["changed"],
            refused_only=True,
            request_id="r",
        ),
        pb.ListAuditEventsRequest(
            principal="dana",
            methods=["SaveModel"],
            resource="a/b",
            provider_id="a",
            outcomes=["changed"],
            refused_only=True,
            start_time=MARCH,
            request_id="r",
            page_size=500,
        ),
        pb.ListAuditEventsResponse(events=[EVENT], revision=5),
        [EVENT],
    ),
    "cleanup": (
        lambda client: client.history.cleanup("a/b", dry_run=True),
        pb.CleanupHistoryRequest(model_id="a/b", dry_run=True),
        PURGED,
        PURGED,
    ),
}
METHODS = {type(request).__name__.removesuffix("Request") for _, request, _, _ in CALLS.values()}
WRITES = ("request", "approve", "reject", "cancel", "pin the whole", "pin as it is", "pin to a value", "unpin")


def test_every_method_of_the_service_has_one_of_the_client() -> None:
    assert set(pb.DESCRIPTOR.services_by_name["HistoryService"].methods_by_name) == METHODS


@pytest.mark.parametrize("name", CALLS)
async def test_what_is_asked_and_what_is_given(ask: Ask, name: str) -> None:
    """The request as the contract has it, and of the answer what people want."""
    use, wanted, answer, given = CALLS[name]
    asked: list[Any] = []

    def handler(request: Any, _: grpc.ServicerContext) -> Any:
        asked.append(request)
        return answer

    with serving(**{type(wanted).__name__.removesuffix("Request"): handler}) as target:
        assert await ask(target, use) == given
    (request,) = asked
    if name in WRITES:
        uuid.UUID(request.request_id)
        request.ClearField("request_id")
    assert request == wanted


async def test_a_write_is_sent_again_as_the_same(ask: Ask) -> None:
    """A server that is away for a moment: the request comes twice, with one request_id."""
    asked: list[str] = []

    def handler(request: Any, context: grpc.ServicerContext) -> Any:
        asked.append(request.request_id)
        if len(asked) == 1:
            context.abort(grpc.StatusCode.UNAVAILABLE, "away")
        return pb.ApproveRollbackResponse(rollback=ROLLBACK)

    with serving(ApproveRollback=handler) as target:
        assert await ask(target, lambda client: client.history.rollbacks.approve(ROLLBACK)) == ROLLBACK
    assert len(asked) == 2
    assert asked[0] == asked[1] != ""


@pytest.mark.parametrize(
    ("value", "field", "said"),
    [
        (8000, "number_value", 8000.0),
        (True, "bool_value", True),
        ("x", "string_value", "x"),
        (Decimal("2.50"), "string_value", "2.50"),
        (Decimal("1E+3"), "string_value", "1000"),
        (DAY, "string_value", "2026-03-01T00:00:00Z"),
    ],
)
def test_values_are_those_of_the_json_form(value: Any, field: str, said: Any) -> None:
    """Money and times are texts; a number is a number."""
    made = value_of(value)
    assert made.WhichOneof("kind") == field
    assert getattr(made, field) == said


def test_a_list_is_a_list_and_nothing_is_null() -> None:
    assert [one.string_value for one in value_of(("a", "b")).list_value.values] == ["a", "b"]
    assert value_of(None).WhichOneof("kind") == "null_value"
    assert value_of(value_of(3)).number_value == 3
