"""What a subscription asks for, and what changes of it come to."""

from __future__ import annotations

import pytest

from modeldex.v1 import condition_pb2
from modeldex.v1 import subscription_pb2 as pb
from modeldex_server.errors import InvalidRequest
from modeldex_server.feed.subscriptions import wishes
from modeldex_server.feed.subscriptions.wishes import PATHS, Wish


def on(name: str, id_: str = "") -> condition_pb2.EventFilter:
    condition = condition_pb2.Condition(field=name, operator=condition_pb2.CONDITION_OPERATOR_EQUALS)
    condition.value.string_value = "x"
    return condition_pb2.EventFilter(id=id_, type=condition_pb2.EVENT_FILTER_TYPE_MODEL, conditions=[condition])


def asking(*filters: condition_pb2.EventFilter) -> pb.Subscription:
    return pb.Subscription(filters=filters)


def ids(wish: Wish | None) -> list[str]:
    assert wish is not None
    return [one.id for one in wish.asked.filters]


def test_only_what_can_be_asked_for_is_kept() -> None:
    """What the server says of a subscription is never read from a request."""
    given = pb.Subscription(id="mine", client_id="app", principal="root", version=9, event_count=3)
    given.options.priority = 4
    wish = wishes.begun(given)
    assert wish.asked == pb.Subscription(options=pb.SubscriptionOptions(priority=4))
    assert pb.Subscription.FromString(wish.data) == wish.asked


def test_every_part_and_every_field_of_the_options_can_be_named() -> None:
    fields = set(pb.SubscriptionOptions.DESCRIPTOR.fields_by_name)
    assert set(PATHS) == {"filters", "models", "options"} | {f"options.{name}" for name in fields}


@pytest.mark.parametrize("path", PATHS)
def test_a_path_changes_what_it_names_and_an_absent_value_empties_it(path: str) -> None:
    """An update puts and empties exactly what its mask names."""
    full = asking(on("family"))
    full.models.tags.append("fast")
    full.options.CopyFrom(
        pb.SubscriptionOptions(
            max_batch_events=1,
            max_batch_delay={"seconds": 1},  # type: ignore[arg-type] # a message may be given as its fields
            max_batch_bytes=2048,
            coalescing=2,  # type: ignore[arg-type] # a number of the enum
            omit_before=True,
            omit_after=True,
            omit_changes=True,
            acknowledgement=pb.ACKNOWLEDGEMENT_MODE_EXPLICIT,
            acknowledgement_timeout={"seconds": 9},  # type: ignore[arg-type]
            max_unacknowledged=3,
            retry=pb.RetryPolicy(max_retries=0),
            priority=3,
            idle_timeout={"seconds": 60},  # type: ignore[arg-type]
            metadata={"a": "b"},
        )
    )
    assert len(full.options.ListFields()) == len(pb.SubscriptionOptions.DESCRIPTOR.fields)
    empty = Wish(pb.Subscription())
    put = wishes.updated(empty, full, [path])
    assert put.asked != empty.asked
    assert wishes.updated(put, pb.Subscription(), [path]).asked == empty.asked
    whole = wishes.begun(full)
    emptied = wishes.updated(whole, pb.Subscription(), [path])
    assert emptied.asked != whole.asked
    again = wishes.updated(emptied, full, [path]).asked
    assert (again.models, again.options, len(again.filters)) == (full.models, full.options, 1)


def test_no_filter_id_comes_twice() -> None:
    """filter ids: a filter that was there keeps its id; what is new gets a number that none had."""
    wish = wishes.begun(asking(on("family", "f7"), on("tags")))
    assert ids(wish) == ["f1", "f2"]
    wish = wishes.updated(wish, asking(on("tags"), on("canonical_id")), ["filters"])
    assert ids(wish) == ["f2", "f3"]
    wish = wishes.updated(wish, pb.Subscription(), ["filters"])
    assert ids(wish) == []
    assert ids(wishes.with_filter(wish, on("tags"))) == ["f4"]


def test_two_equal_filters_are_two() -> None:
    wish = wishes.begun(asking(on("tags"), on("tags")))
    assert ids(wish) == ["f1", "f2"]
    assert ids(wishes.updated(wish, asking(on("tags"), on("tags"), on("tags")), ["filters"])) == ["f1", "f2", "f3"]


def test_a_filter_is_replaced_and_removed_by_its_id() -> None:
    wish = wishes.begun(asking(on("tags"), on("family")))
    replaced = wishes.with_filter_replaced(wish, "f1", on("canonical_id", "f9"))
    assert ids(replaced) == ["f1", "f2"]
    assert replaced is not None
    assert replaced.asked.filters[0].conditions[0].field == "canonical_id"
    assert ids(wishes.without_filter(wish, "f1")) == ["f2"]
    assert wishes.without_filter(wish, "f9") is None
    assert wishes.with_filter_replaced(wish, "f9", on("tags")) is None
    assert ids(wish) == ["f1", "f2"]


def test_filters_together_are_bounded() -> None:
    """At most 20 filters, also where they come one by one."""
    wish = Wish(pb.Subscription())
    for _ in range(20):
        wish = wishes.with_filter(wish, on("tags"))
    with pytest.raises(InvalidRequest):
        wishes.with_filter(wish, on("tags"))


def test_models_are_asked_for_of_updates_of_models() -> None:
    wanting = pb.Subscription()
    wanting.models.tags.append("fast")
    allowed = {type_ for type_ in pb.SubscriptionType.values() if wishes.models_problem(type_, wanting) is None}
    assert allowed == {pb.SUBSCRIPTION_TYPE_ALL_UPDATES, pb.SUBSCRIPTION_TYPE_MODEL_UPDATES}
    assert not any(wishes.models_problem(type_, pb.Subscription()) for type_ in pb.SubscriptionType.values())
