"""What of an event is sent, and events that are joined."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from logs import change, named, selection

from modeldex.v1 import condition_pb2
from modeldex.v1 import subscriber_service_pb2 as api
from modeldex.v1 import update_pb2 as pb
from modeldex_server.feed.encoding import encode
from modeldex_server.ledger.log import Revision
from support.watching import check_coalesced, copy_of

ENTERED, CHANGED, LEFT = 1, 2, 3


def sent(data: bytes) -> list[pb.UpdateEvent]:
    return list(api.WatchResponse.FromString(data).updates)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, "yes", (ENTERED, False, True)),
        ("no", "yes", (ENTERED, True, True)),
        ("yes", "also", (CHANGED, True, True)),
        ("yes", "no", (LEFT, True, False)),
        ("yes", None, (LEFT, True, False)),
        ("no", "never", None),
        (None, "no", None),
        ("no", None, None),
    ],
)
def test_a_change_is_told_as_it_stands_to_the_filter(
    before: str | None, after: str | None, expected: tuple[int, bool, bool] | None
) -> None:
    """converging: entered, changed or left, by the model before and after; what leaves brings what it was, and not what
    it is now."""
    updates = sent(encode(change(5, before=before, after=after), selection(named("yes", "also"))))
    found = [(one.transition, one.model.HasField("before"), one.model.HasField("after")) for one in updates]
    assert found == ([] if expected is None else [expected])


names = st.sampled_from(["yes", "also", "no", "never", None])


@given(st.lists(st.lists(st.tuples(st.sampled_from(["acme/one", "acme/two"]), names), max_size=2), max_size=8))
def test_joined_updates_lead_to_the_same_copy(history: list[list[tuple[str, str | None]]]) -> None:
    """coalescing, converging: whatever happened to models, the copy kept by the joined updates is that kept by all of
    them; no model comes twice, and each version follows the one told before."""
    wanted, joined = selection(named("yes", "also")), selection(named("yes", "also"), coalesced=True)
    now: dict[str, tuple[str | None, int]] = {}
    revisions = []
    for number, changes in enumerate(history, start=1):
        events = []
        for model_id, after in dict(changes).items():
            before, version = now.get(model_id, (None, 0))
            if before is None and after is None:
                continue
            one = change(number, model_id, before, after, ordinal=len(events), version=version + 1)
            now[model_id] = (after, version + 1)
            events.append(one)
        revisions.append(Revision(number, events))
    single = b"".join(encode(event, wanted) for one in revisions for event in one.events)
    together = b"".join(joined.latest(revisions))
    copies = [copy_of([api.WatchResponse.FromString(data)]) for data in (single, together)]
    assert copies[0] == copies[1]
    ids = [update.model.model_id for update in sent(together)]
    assert len(ids) == len(set(ids))


def test_joined_updates_tell_the_whole_difference() -> None:
    """coalescing: from what was before the first to what is after the last."""
    first, last = change(5, before="one", after="two", version=2), change(6, before="two", after="three", version=3)
    (update,) = sent(b"".join(selection(coalesced=True).latest([Revision(5, [first]), Revision(6, [last])])))
    told = update.model
    assert (update.revision, told.previous_version, told.version) == (6, 1, 3)
    assert (told.before.display_name, told.after.display_name) == ("one", "three")
    assert [(one.old_value.string_value, one.new_value.string_value) for one in told.changes] == [("one", "three")]
    check_coalesced([api.WatchResponse(updates=[update])])


def test_only_what_is_wanted_is_joined() -> None:
    """coalescing: an update that the filter does not want is not joined to one that it does, where what the update is
    decides and not the model."""
    by_ann = condition_pb2.EventFilter(type=condition_pb2.EVENT_FILTER_TYPE_CUSTOM)
    by_ann.conditions.add(field="type", operator=condition_pb2.CONDITION_OPERATOR_EQUALS)
    by_ann.conditions[0].value.string_value = "MODEL_UPDATE_TYPE_UPDATED"
    added = change(5, before=None, after="one", version=1)
    other = change(5, "acme/two", ordinal=1)
    updated = change(6, before="one", after="two", version=2)
    wanted = selection(by_ann, coalesced=True)
    updates = sent(b"".join(wanted.latest([Revision(5, [added, other]), Revision(6, [updated])])))
    assert [(one.revision, one.ordinal, one.model.type) for one in updates] == [(5, 1, 2), (6, 0, 2)]
    assert updates[1].model.before.display_name == "one"
