"""The validators of statistics: each fails on the fault it is there for, and passes without one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from modeldex.v1 import subscriber_service_pb2 as api
from modeldex.v1 import update_pb2 as pb
from modeldex.v1.feed_statistics_pb2 import KeyCount, KeyCounts
from support.watching.counts import check_counted, check_delivered, type_of

ADDED = pb.UpdateEvent(model=pb.ModelUpdate(type=pb.MODEL_UPDATE_TYPE_ADDED))
NEAR = pb.UpdateEvent(lifecycle=pb.LifecycleUpdate(milestone=pb.LIFECYCLE_MILESTONE_RETIREMENT))
STREAMS = [[api.WatchResponse(updates=[ADDED, NEAR]), api.WatchResponse()], [api.WatchResponse(updates=[ADDED])]]
LOG = [ADDED, NEAR]


def stats(delivered: int, added: int, near: int) -> api.GetPublishStatsResponse:
    counts = {"model_added": added, "lifecycle_retirement": near}
    return api.GetPublishStatsResponse(
        total_events_published=added + near,
        successful_deliveries=delivered,
        events_by_type=KeyCounts(top=[KeyCount(key=key, count=count) for key, count in counts.items()]),
    )


BEFORE = stats(10, 4, 5)


def test_types_are_named_as_in_the_contract() -> None:
    """The validator names types by itself, not with the server's code."""
    assert [type_of(one) for one in LOG] == ["model_added", "lifecycle_retirement"]


def test_right_counts_pass() -> None:
    """counted deliveries, counted once: nothing is found where nothing is wrong."""
    check_delivered(BEFORE, stats(13, 5, 6), STREAMS)
    check_counted(BEFORE, stats(13, 5, 6), LOG)


@pytest.mark.parametrize(
    ("check", "after", "seen"),
    [
        (check_delivered, stats(12, 5, 6), STREAMS),  # a flush was lost
        (check_delivered, stats(16, 5, 6), STREAMS),  # a flush was added twice
        (check_counted, stats(13, 5, 5), LOG),  # an event was left out
        (check_counted, stats(13, 6, 7), LOG),  # a step was counted twice
        (check_counted, stats(13, 6, 5), LOG),  # under another name
    ],
)
def test_wrong_counts_are_found(check: Callable[..., None], after: api.GetPublishStatsResponse, seen: Any) -> None:
    """counted deliveries, counted once: what is missing, double or of another type."""
    with pytest.raises(AssertionError):
        check(BEFORE, after, seen)
