"""Each validator of the random run over the history finds the fault that it is for, and nothing in a sound story."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import history_pb2, model_pb2
from modeldex.v1 import history_service_pb2 as history
from modeldex.v1 import update_pb2 as pb
from support.history_story.made_up import LISTED, OWN, good
from support.history_story.promises import PROMISES, broken_by
from support.history_story.promises.past import KEPT
from support.history_story.story import END, Call, Story, story_of
from support.robustness import history as was

Fault = Callable[[Story], object]
ROLLBACK = "rb_1"
NUL = b"\0" * 32


def call(story: Story, request: type[Any], at: int = 0) -> Call:
    return list(story.of(request))[at]


def other(story: Story, one: Call, **fields: object) -> None:
    """Another call in the place of one."""
    story.calls[story.calls.index(one)] = replace(one, **fields)  # type: ignore[arg-type] # fields of it


def again(story: Story, request: type[Any], at: int = 0, /, **fields: object) -> None:
    """One call once more, otherwise."""
    story.calls.append(replace(call(story, request, at), **fields))  # type: ignore[arg-type] # fields of it


def told(story: Story, model_id: str, version: int) -> pb.UpdateEvent:
    return story.told[model_id, version][0]


def version(story: Story, model_id: str, number: int) -> history_pb2.ModelVersion:
    return story.versions[model_id][number - 1]


def rollback(story: Story) -> history_pb2.Rollback:
    return story.rollbacks[ROLLBACK]


def drop_version(story: Story) -> None:
    del story.versions[OWN][1]


def repeat_version(story: Story) -> None:
    story.versions[OWN].append(version(story, OWN, 4))


def told_twice(story: Story) -> None:
    story.updates.append(told(story, OWN, 5))


def not_told(story: Story) -> None:
    story.updates.remove(told(story, OWN, 5))


def told_by_another(story: Story) -> None:
    told(story, OWN, 5).principal = "another"


def not_its_changes(story: Story) -> None:
    del version(story, LISTED, 2).changes[:]


def other_document(story: Story) -> None:
    version(story, LISTED, 2).model.context_window = 7


def other_hash(story: Story) -> None:
    version(story, OWN, 1).document_hash = NUL


def read_otherwise(story: Story) -> None:
    answer = history.GetModelVersionResponse(version=version(story, LISTED, 1))
    answer.version.reason = "rewritten"
    again(story, history.GetModelVersionRequest, answer=answer)


def read_another_document(story: Story) -> None:
    answer = history.GetModelVersionResponse(version=version(story, LISTED, 1))
    answer.version.model.context_window = 7
    again(story, history.GetModelVersionRequest, answer=answer)


def two_winners(story: Story) -> None:
    loser = next(one for one in story.of(discovery.SaveModelRequest) if one.reason == "VERSION_MISMATCH")
    won = discovery.SaveModelResponse(model=version(story, OWN, 5).model, revision=5, changed=True)
    other(story, loser, answer=won, reason="", code="")


def no_winner(story: Story) -> None:
    again(story, discovery.SaveModelRequest, reason="VERSION_MISMATCH", code="ABORTED", answer=None)
    last = story.calls[-1].request
    last.CopyFrom(discovery.SaveModelRequest(model=last.model, expected_version=len(story.versions[OWN])))


def made_too_late(story: Story) -> None:
    call(story, discovery.SaveModelRequest, 2).request.expected_version = 7


def answered_otherwise(story: Story) -> None:
    answer = discovery.SaveModelResponse(changed=True, revision=9)
    again(story, discovery.SaveModelRequest, answer=answer)


def other_under_the_id(story: Story) -> None:
    request = discovery.SaveModelRequest(model=model_pb2.Model(id=OWN), reason="first", request_id="first")
    again(story, discovery.SaveModelRequest, request=request)


def done_twice(story: Story) -> None:
    version(story, OWN, 5).reason = "first"


def lost(story: Story) -> None:
    del story.versions[OWN][-1]


def lost_revision(story: Story) -> None:
    version(story, OWN, 5).revision = 99


def refused_and_done(story: Story) -> None:
    other(story, call(story, discovery.SaveModelRequest, 4), answer=None, reason="VERSION_MISMATCH", code="ABORTED")


def asked_by_nobody(story: Story) -> None:
    story.calls.remove(call(story, discovery.SaveModelRequest, 4))


def without_row(story: Story) -> None:
    story.audit = [row for row in story.audit if (row.resource, row.after_version) != (OWN, 5)]


def not_the_target(story: Story) -> None:
    told(story, LISTED, 3).model.after.context_window = 99


def restored_itself(story: Story) -> None:
    version(story, LISTED, 3).restored_version = 3


def refreshed_in_spite(story: Story) -> None:
    """The refresh after the rollback, while the pin is of the whole model."""
    version(story, LISTED, 4).source_id = "fake"
    told(story, LISTED, 4).model.after.context_window = 50


def refreshed_the_fact(story: Story) -> None:
    told(story, LISTED, 5).model.after.context_window = 50


def refreshed_the_pins(story: Story) -> None:
    del version(story, LISTED, 5).pins[:]


def ended_early(story: Story) -> None:
    for number in (4, 5):
        version(story, LISTED, number).pins[0].expire_time.seconds += 1000


def ended_nothing(story: Story) -> None:
    del version(story, LISTED, 5).pins[:]


def outlived(story: Story) -> None:
    del story.versions[LISTED][5]
    other(story, story.calls[-1], at=10_000)


def one_pair(story: Story) -> None:
    rollback(story).decisions[0].principal = "writer"


def own_approval(story: Story) -> None:
    refused = call(story, history.ApproveRollbackRequest)
    other(story, refused, reason="", code="", answer=history.ApproveRollbackResponse())


def too_few(story: Story) -> None:
    rollback(story).required_approvals = 2


def unseen(story: Story) -> None:
    call(story, history.ApproveRollbackRequest, 1).request.diff_hash = NUL


def in_anothers_name(story: Story) -> None:
    rollback(story).requester = "forged"


def policy_forgotten(story: Story) -> None:
    rollback(story).required_approvals = 0


def glass_of_anybody(story: Story) -> None:
    rollback(story).break_glass = True


def two_versions(story: Story) -> None:
    version(story, LISTED, 4).operation = history_pb2.MODEL_VERSION_OPERATION_ROLLBACK


def without_version(story: Story) -> None:
    version(story, LISTED, 3).operation = history_pb2.MODEL_VERSION_OPERATION_UPDATE


def other_target(story: Story) -> None:
    rollback(story).target_version = 2


def executed_by_another(story: Story) -> None:
    version(story, LISTED, 3).principal = "writer"


def state_without(story: Story) -> None:
    rollback(story).state = history_pb2.ROLLBACK_STATE_REJECTED


def stale_and_executed(story: Story) -> None:
    rollback(story).base_version = 1


def stale_for_nothing(story: Story) -> None:
    rollback(story).state, rollback(story).base_version = history_pb2.ROLLBACK_STATE_STALE, 6


def waits_for_ever(story: Story) -> None:
    rollback(story).state = history_pb2.ROLLBACK_STATE_PENDING


def two_ends(story: Story) -> None:
    last = pb.UpdateEvent()
    last.CopyFrom(next(one for one in reversed(story.updates) if one.HasField("operation")))
    last.operation.metadata["state"] = "REJECTED"
    story.updates.append(last)


def no_end(story: Story) -> None:
    story.updates.remove(next(one for one in reversed(story.updates) if one.HasField("operation")))


def other_end(story: Story) -> None:
    answer = history.GetRollbackResponse(rollback=rollback(story))
    answer.rollback.state = history_pb2.ROLLBACK_STATE_EXPIRED
    again(story, history.GetModelVersionRequest, request=history.GetRollbackRequest(), answer=answer)


def rejected_and_executed(story: Story) -> None:
    answer = history.RejectRollbackResponse(rollback=rollback(story))
    again(story, history.GetModelVersionRequest, request=history.RejectRollbackRequest(), answer=answer)


def wrong_past(story: Story) -> None:
    call(story, discovery.GetModelRequest, 2).answer.model.context_window = 7


def past_of_the_deleted(story: Story) -> None:
    gone = call(story, discovery.GetModelRequest, 1)
    answer = discovery.GetModelResponse(model=story.document(OWN, 2))
    other(story, gone, answer=answer, reason="", code="")


def past_not_found(story: Story) -> None:
    other(story, call(story, discovery.GetModelRequest, 2), answer=None, reason="MODEL_NOT_FOUND", code="NOT_FOUND")


def purged_by_word_only(story: Story) -> None:
    version(story, OWN, 1).ClearField("purge_time")


def future_of_the_past(story: Story) -> None:
    other(story, call(story, discovery.GetModelRequest, 2), answer=None, reason="FUTURE_REVISION", code="OUT_OF_RANGE")


def page_without(story: Story) -> None:
    call(story, discovery.ListModelsRequest, 1).answer.ClearField("models")


def page_of_another_revision(story: Story) -> None:
    call(story, discovery.ListModelsRequest, 1).answer.as_of_revision = 3


def page_with_another(story: Story) -> None:
    call(story, discovery.ListModelsRequest, 1).answer.models[0].context_window = 7


def no_list_of_the_past(story: Story) -> None:
    again(story, discovery.ListModelsRequest, answer=None, reason="FUTURE_REVISION", code="OUT_OF_RANGE")


def purge(story: Story, model_id: str, number: int) -> None:
    one = version(story, model_id, number)
    one.purge_time.CopyFrom(version(story, OWN, 1).purge_time)
    one.ClearField("model")


def purged_the_newest(story: Story) -> None:
    purge(story, OWN, len(story.versions[OWN]) - KEPT + 1)


def purged_the_young(story: Story) -> None:
    story.aged[0] = was.Compacted(story.aged[0].at, 1)


def purged_the_target(story: Story) -> None:
    one = rollback(story)
    one.model_id, one.target_version = OWN, 1
    one.finish_time.seconds += 10_000


def purged_the_pinned(story: Story) -> None:
    story.versions[OWN][-1].pins.add(version=1)


def purged_and_kept(story: Story) -> None:
    version(story, OWN, 1).model.id = OWN


def kept_without(story: Story) -> None:
    version(story, LISTED, 1).ClearField("model")


def read_after_purge(story: Story) -> None:
    answer = history.GetModelVersionResponse(version=version(story, OWN, 1))
    request = history.GetModelVersionRequest(model_id=OWN, version=1)
    again(story, history.GetModelVersionRequest, request=request, answer=answer, at=10_000)


def put_back_after_purge(story: Story) -> None:
    one = rollback(story)
    one.model_id, one.target_version = OWN, 1
    one.create_time.seconds += 10_000


def no_row(story: Story) -> None:
    del story.audit[3]


def no_row_of_a_refusal(story: Story) -> None:
    story.audit = [row for row in story.audit if row.outcome != "SELF_APPROVAL"]


def two_rows(story: Story) -> None:
    row = history_pb2.AuditEvent()
    row.CopyFrom(story.audit[2])
    row.number = 1000
    story.audit.append(row)


def other_outcome(story: Story) -> None:
    story.audit[2].outcome = "INVALID_REQUEST"


def nobodys_row(story: Story) -> None:
    story.audit[2].principal = ""


FAULTS: list[tuple[str, Fault]] = [
    *(("version_chain", one) for one in (drop_version, repeat_version, told_twice, not_told, told_by_another)),
    *(("version_chain", one) for one in (not_its_changes, other_document, other_hash)),
    *(("immutable_versions", one) for one in (read_otherwise, read_another_document)),
    *(("one_winner", one) for one in (two_winners, no_winner, made_too_late)),
    *(("done_once", one) for one in (answered_otherwise, other_under_the_id, done_twice)),
    *(("nothing_is_lost", one) for one in (lost, lost_revision, refused_and_done, asked_by_nobody, without_row)),
    *(("rolled_forward", one) for one in (not_the_target, restored_itself)),
    *(("rollback_survives_refresh", one) for one in (refreshed_in_spite, refreshed_the_fact, refreshed_the_pins)),
    *(("pins_end", one) for one in (ended_early, ended_nothing, outlived)),
    *(("four_eyes", one) for one in (one_pair, own_approval, too_few, unseen, in_anothers_name)),
    *(("four_eyes", one) for one in (policy_forgotten, glass_of_anybody)),
    *(
        ("executed_once", one)
        for one in (two_versions, without_version, other_target, state_without, executed_by_another)
    ),
    *(("stale_approval", one) for one in (stale_and_executed, stale_for_nothing, waits_for_ever)),
    *(("one_end", one) for one in (two_ends, no_end, other_end, rejected_and_executed)),
    *(("as_it_was", one) for one in (wrong_past, past_of_the_deleted, past_not_found, purged_by_word_only)),
    *(("as_it_was", one) for one in (future_of_the_past, page_without, page_of_another_revision, page_with_another)),
    ("as_it_was", no_list_of_the_past),
    *(("protected_versions", one) for one in (purged_the_newest, purged_the_young, purged_the_target)),
    *(("protected_versions", one) for one in (purged_the_pinned, purged_and_kept, kept_without, read_after_purge)),
    ("protected_versions", put_back_after_purge),
    *(("audit_complete", one) for one in (no_row, no_row_of_a_refusal, two_rows, other_outcome, nobodys_row)),
]


def test_a_sound_story_breaks_nothing() -> None:
    """Every promise is kept in the story that the faults are put into."""
    assert broken_by(good()) == []


@pytest.mark.parametrize(("promise", "fault"), FAULTS, ids=[fault.__name__ for _, fault in FAULTS])
def test_a_fault_is_found(promise: str, fault: Fault) -> None:
    """The validator of the promise that a fault breaks says so."""
    story = good()
    fault(story)
    for name in ("told", "_by_model", "_times", "_committed"):
        story.__dict__.pop(name, None)
    assert list(PROMISES[promise](story)) != []


def test_every_validator_is_seen_to_fail() -> None:
    """None is there that no fault is for."""
    assert {promise for promise, _ in FAULTS} == PROMISES.keys()


def test_a_call_of_unknown_fate_proves_nothing() -> None:
    """Whether it made a version, and has a row in the trail, or not: both are sound."""
    story = good()
    one = call(story, discovery.SaveModelRequest, 4)
    other(story, one, answer=None, reason="", code="UNAVAILABLE")
    assert broken_by(story) == []
    again(story, discovery.SaveModelRequest, 4)
    story.calls[-1] = replace(story.calls[-1], reason="", code="UNAVAILABLE", request=discovery.SaveModelRequest())
    assert broken_by(story) == []


def test_a_story_is_read_from_a_file(tmp_path: Path) -> None:
    """Calls, updates and what was listed at the end, pages in the order of what they hold."""
    made = good()
    chain = [*reversed(made.versions[LISTED])]
    recorded = was.History(tmp_path / "history.jsonl")
    recorded.add(made.begun)
    for page in (chain[:2], chain[2:]):
        request = history.ListModelVersionsRequest(model_id=LISTED)
        answer = history.ListModelVersionsResponse(versions=page)
        name, data = request.DESCRIPTOR.full_name, request.SerializeToString()
        recorded.add(was.Called(0, 1, END, 0, name, data, answer.SerializeToString()))
    recorded.add(was.Told(made.updates[0].SerializeToString()))
    recorded.close()
    story = story_of(was.read(recorded.path))
    assert story.versions[LISTED] == made.versions[LISTED]
    assert story.updates == made.updates[:1]
    assert story.begun == made.begun
