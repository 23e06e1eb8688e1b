"""What a watch asks for, which errors end it, and how long it waits."""

from __future__ import annotations

from typing import Any

import pytest

from modeldex.v1 import subscriber_service_pb2 as pb
from modeldex_client import EventFilter, EventFilterType, ModelFilter, _errors, _watch


def ordered(**told: Any) -> _watch.Order:
    arguments: dict[str, Any] = {"models": None, "filters": (), "kinds": None, "since": None, "resume_token": None}
    arguments |= {"snapshot": False, "bookmark_interval": 10.0, "options": pb.WatchOptions()}
    return _watch.order(**arguments | told)


@pytest.mark.parametrize(
    ("kinds", "method"),
    [
        (None, "Watch"),
        ("model", "WatchModelUpdates"),
        (["provider"], "WatchProviderUpdates"),
        (["capability", "capability"], "WatchCapabilityUpdates"),
        (["model", "provider", "capability", "lifecycle", "operation", "subscription"], "Watch"),
    ],
)
def test_each_kind_has_its_method(kinds: Any, method: str) -> None:
    order = ordered(kinds=kinds)
    assert order.path == f"/modeldex.v1.SubscriberService/{method}"
    assert not order.request.filters


def test_kinds_without_a_method_are_a_filter() -> None:
    order = ordered(kinds=["operation", "lifecycle"])
    assert order.path.endswith("/Watch")
    (filter,) = order.request.filters
    (condition,) = filter.conditions
    assert condition.field == "kind"
    assert list(condition.value.list_value) == ["lifecycle", "operation"]


@pytest.mark.parametrize(
    "told",
    [
        {"since": 1, "resume_token": "x"},
        {"kinds": []},
        {"kinds": ["models"]},
        {"kinds": ["provider"], "models": ModelFilter()},
        {"kinds": ["lifecycle"], "filters": [EventFilter(type=EventFilterType.EVENT_FILTER_TYPE_CUSTOM)]},
    ],
)
def test_what_excludes_each_other_is_refused_before_any_call(told: Any) -> None:
    with pytest.raises(ValueError, match=r"^\w.*\.$"):
        ordered(**told)


def test_typed_messages_are_read_as_those_of_watch() -> None:
    """The contract gives the fields of all four answers the same numbers and types, and those of the requests, too."""
    for kind in ("Request", "Response"):
        whole = pb.DESCRIPTOR.message_types_by_name[f"Watch{kind}"].fields_by_number
        for method in ("WatchModelUpdates", "WatchProviderUpdates", "WatchCapabilityUpdates"):
            for number, field in pb.DESCRIPTOR.message_types_by_name[method + kind].fields_by_number.items():
                same = whole[number]
                assert (field.name, field.type, field.message_type) == (same.name, same.type, same.message_type)


def test_a_watch_begins_where_it_is_told_and_goes_on_by_its_token() -> None:
    def start(order: _watch.Order, token: str | None = None, anew: bool = False) -> Any:
        options = order.begin(token, anew=anew).options
        which = options.WhichOneof("start")
        return which and (which, getattr(options, which))

    assert start(ordered()) is None
    assert start(ordered(since=0)) == ("after_revision", 0)
    assert start(ordered(snapshot=True)) == ("initial_snapshot", True)
    assert start(ordered(since=7), "t") == ("resume_token", "t")
    assert start(ordered(since=7, snapshot=True)) == ("after_revision", 7)
    assert start(ordered(since=7, snapshot=True), anew=True) == ("initial_snapshot", True)
    assert ordered(resume_token="").resume_token == ""  # an empty token is one, and the server refuses it


def test_what_another_attempt_would_not_mend_ends_a_watch() -> None:
    final = {kind for kind in _errors.BY_CODE.values() if _watch.ends(kind("x"))}
    assert final == {
        _errors.Aborted,
        _errors.AlreadyExists,
        _errors.FailedPrecondition,
        _errors.InvalidArgument,
        _errors.NotFound,
        _errors.OutOfRange,
        _errors.PermissionDenied,
        _errors.Unauthenticated,
        _errors.Unimplemented,
    }
    gone = {kind for kind in _errors.BY_REASON.values() if _watch.is_gone(kind("x"))}
    assert gone == {
        _errors.RevisionCompacted,
        _errors.FutureRevision,
        _errors.HistoryRewound,
        _errors.AccessChanged,
        _errors.AcknowledgementBeyondSent,  # which no watch ends with
        _errors.FutureTime,  # nor with this
    }


def test_a_subscription_whose_updates_come_again_or_that_was_changed_is_watched_again() -> None:
    assert not _watch.ends(_errors.Redelivery("x"))
    assert _watch.is_changed(_errors.SubscriptionChanged("x"))
    assert _watch.ends(_errors.SubscriptionSuperseded("x"))
    order = _watch.order_of_subscription("sub_1", None, 10.0)
    assert order.begin("token", anew=False).options.resume_token == "token"
    assert order.begin(None, anew=False).subscription_id == "sub_1"


def test_waits_grow_up_to_five_seconds_and_begin_anew() -> None:
    """Full jitter: from nothing to a limit that doubles. What the server asks for comes on top."""
    limits: list[float] = []

    def chance(least: float, most: float) -> float:
        assert least == 0
        limits.append(most)
        return most

    backoff = _watch.Backoff(chance)
    assert [round(backoff.next(), 1) for _ in range(8)] == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]
    assert backoff.next(2.0) == 7.0
    backoff.reset()
    assert backoff.next() == 0.1
