"""What is promised of rollbacks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from modeldex.v1 import history_pb2
from modeldex.v1 import history_service_pb2 as history
from modeldex.v1 import update_pb2 as pb
from support.history_story.story import Story, facts

PENDING, EXECUTED, REJECTED, CANCELLED, EXPIRED, STALE = range(1, 7)
ROLLBACK = history_pb2.MODEL_VERSION_OPERATION_ROLLBACK
# Principals of a run that have the role.
BREAKERS = {"breaker"}


def rolled_forward(story: Story) -> Iterator[str]:
    """A rollback is a new version with the document of its target, byte for byte, told in one event of the model."""
    for model_id, version in story.all_versions():
        if version.operation != ROLLBACK:
            continue
        target, made = (story.document(model_id, one) for one in (version.restored_version, version.version))
        if made is None or facts(made) != facts(target):
            yield f"{model_id} {version.version} is not as {version.restored_version}, which it restored"
        if len(story.told.get((model_id, version.version), [])) != 1:
            yield f"{model_id} {version.version} was not told in one event"
        if not 0 < version.restored_version < version.version:
            yield f"{model_id} {version.version} restored {version.restored_version}"


def four_eyes(story: Story) -> Iterator[str]:
    """What needed approval was approved by so many others, each by a call of its own that named the diff; and each is
    of who asked for it."""
    approvals = defaultdict(set)
    for call in story.of(history.ApproveRollbackRequest):
        if call.answered or call.unknown:
            approvals[call.request.rollback_id, call.who].add(call.request.diff_hash)
        if call.answered and call.who == story.rollbacks[call.request.rollback_id].requester:
            yield f"{call.who} approved {call.request.rollback_id}, which it asked for"
    for one in story.rollbacks.values():
        asked = {call.who for call in story.of(history.RequestRollbackRequest) if call.request.reason == one.reason}
        if asked != {one.requester}:
            yield f"{one.id} is of {one.requester}, and was asked for by {asked}"
        if one.break_glass and one.requester not in BREAKERS:
            yield f"{one.id} broke the glass for {one.requester}"
        if one.diff.summary.breaking_count and not one.required_approvals and not one.break_glass:
            yield f"{one.id} breaks and needed no approval"
        approvers = {decision.principal for decision in one.decisions if decision.approved}
        if one.requester in approvers:
            yield f"{one.id} was approved by its requester"
        if one.state == EXECUTED and not one.break_glass and len(approvers) < one.required_approvals:
            yield f"{one.id} was executed with {len(approvers)} of {one.required_approvals} approvals"
        for name in approvers:
            if one.diff.hash not in approvals[one.id, name]:
                yield f"{one.id} was approved in the name of {name}, which never approved this diff"


def executed_once(story: Story) -> Iterator[str]:
    """Each executed rollback made one version, that of its state; and each such version is of one."""
    executed = {(one.model_id, one.executed_version): one for one in story.rollbacks.values() if one.state == EXECUTED}
    made = {
        (model_id, version.version): version
        for model_id, version in story.all_versions()
        if version.operation == ROLLBACK
    }
    if len(executed) != sum(one.state == EXECUTED for one in story.rollbacks.values()):
        yield "two rollbacks say that they made the same version"
    for name, version in made.items():
        if name not in executed:
            yield f"{name} is a rollback that nobody asked for, or whose request does not say so"
        elif executed[name].target_version != version.restored_version:
            yield f"{executed[name].id} wanted {executed[name].target_version}, and restored {version.restored_version}"
        elif version.principal != _last_hand(executed[name]):
            yield f"{executed[name].id} was executed by {version.principal}, who did not"
    for name, rollback in executed.items():
        if name not in made:
            yield f"{rollback.id} is executed and made no version"
    for rollback in story.rollbacks.values():
        if (rollback.executed_version != 0) is not (rollback.state == EXECUTED):
            yield f"{rollback.id} is in state {rollback.state} with version {rollback.executed_version}"


def _last_hand(one: history_pb2.Rollback) -> str:
    """Who executed it: whoever approved it last, or who asked for what needed nobody."""
    return one.decisions[-1].principal if one.decisions else one.requester


def stale_approval(story: Story) -> Iterator[str]:
    """What was executed followed the version that it was of; where another came, it is stale and not executed."""
    for one in story.rollbacks.values():
        newest = story.versions[one.model_id][-1].version
        if one.state == EXECUTED and one.executed_version != one.base_version + 1:
            yield f"{one.id} was of version {one.base_version} and made {one.executed_version}"
        if one.state == STALE and newest == one.base_version:
            yield f"{one.id} is stale, and its model is as it was"
        if one.state == PENDING and newest > one.base_version:
            yield f"{one.id} still waits, and its model is another"


def one_end(story: Story) -> Iterator[str]:
    """A rollback ends once: the log tells of one end, the last of what it tells of it, and no answer of another."""
    steps = defaultdict(list)
    for update in story.updates:
        if update.HasField("operation") and update.operation.type == pb.OPERATION_UPDATE_TYPE_ROLLBACK:
            steps[update.operation.metadata["rollback_id"]].append(update)
    for one in story.rollbacks.values():
        told = [_state(update) for update in steps[one.id]]
        ends = [state for state in told if state != PENDING]
        if ends != ([one.state] if one.state != PENDING else []) or (ends and told[-1:] != ends):
            yield f"{one.id} is in state {one.state}, and the log told {told}"
        elif steps[one.id][-1].revision != one.revision:
            yield f"{one.id} is of revision {one.revision}, and the log told its last step in another"
        approvers = [decision.principal for decision in one.decisions]
        if len(approvers) != len(set(approvers)):
            yield f"{one.id} was decided on twice by one of {approvers}"
    for seen, where in _seen(story):
        last = story.rollbacks.get(seen.id)
        if last is None:
            yield f"{seen.id} was answered ({where}) and is not there"
        elif seen.state not in (PENDING, last.state):
            yield f"{seen.id} was answered as {seen.state} ({where}), and is {last.state}"
    for call in story.of(history.RejectRollbackRequest, history.CancelRollbackRequest):
        wanted = REJECTED if call.method == "RejectRollback" else CANCELLED
        if call.answered and call.answer.rollback.state != wanted:
            yield f"a {call.method} of {call.request.rollback_id} was answered with {call.answer.rollback.state}"


def _state(update: pb.UpdateEvent) -> int:
    name = update.operation.metadata["state"].upper().removeprefix("ROLLBACK_STATE_")
    return history_pb2.RollbackState.Value(f"ROLLBACK_STATE_{name}")


def _seen(story: Story) -> Iterator[tuple[history_pb2.Rollback, str]]:
    for call in story.calls:
        if call.answered and "rollback" in call.answer.DESCRIPTOR.fields_by_name:
            yield call.answer.rollback, f"{call.method}, {call.at:.3f} s"
        elif call.answered and call.method == "ListRollbacks":
            yield from ((one, f"ListRollbacks, {call.at:.3f} s") for one in call.answer.rollbacks)
