"""Validators of statistics: what the server counted is what clients saw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from modeldex.v1 import subscriber_service_pb2 as api
from modeldex.v1 import update_pb2 as pb
from modeldex.v1.feed_statistics_pb2 import KeyCounts
from support.watching.streams import Messages, updates_of


def check_delivered(
    before: api.GetPublishStatsResponse, after: api.GetPublishStatsResponse, recorded: Iterable[Messages]
) -> None:
    """counted deliveries: between two moments the server counted each update that was on a stream, once. `recorded` are
    all streams that anybody read in between."""
    counted = after.successful_deliveries - before.successful_deliveries
    came = sum(len(updates_of(messages)) for messages in recorded)
    assert counted == came, f"{came} updates came, {counted} were counted"


def check_counted(
    before: api.GetPublishStatsResponse, after: api.GetPublishStatsResponse, log: Iterable[pb.UpdateEvent]
) -> None:
    """counted once: between two moments the server counted each event of the log, by its type. `log` is what came into
    it in between."""
    wanted = Counter(type_of(update) for update in log)
    counted = counts_of(after.events_by_type) - counts_of(before.events_by_type)
    assert counted == wanted, f"the log has {wanted}, counted were {counted}"
    assert after.total_events_published - before.total_events_published == wanted.total()


def counts_of(counts: KeyCounts) -> Counter[str]:
    """By key."""
    return Counter({one.key: one.count for one in counts.top})


def type_of(update: pb.UpdateEvent) -> str:
    """The name of its type."""
    kind = update.WhichOneof("update")
    assert kind is not None
    told = getattr(update, kind)
    field = told.DESCRIPTOR.fields_by_name["milestone" if kind == "lifecycle" else "type"]
    name = field.enum_type.values_by_number[getattr(told, field.name)].name
    prefix = field.enum_type.values_by_number[0].name.removesuffix("UNSPECIFIED")
    return f"{kind}_{name.removeprefix(prefix).lower()}"
