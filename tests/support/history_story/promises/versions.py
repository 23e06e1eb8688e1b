"""What is promised of versions and of the writes that make them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import history_pb2
from modeldex.v1 import history_service_pb2 as history
from modeldex_server.ledger import diff
from modeldex_server.ledger.documents import canonical
from support.history_story.story import Call, Story, facts

DELETE = history_pb2.MODEL_VERSION_OPERATION_DELETE
# Calls that make versions. Each says why in words that no other has.
WRITES = (
    discovery.SaveModelRequest,
    discovery.DeleteModelRequest,
    discovery.UndeleteModelRequest,
    history.PinModelRequest,
    history.UnpinModelRequest,
    history.RequestRollbackRequest,
)


def version_chain(story: Story) -> Iterator[str]:
    """Versions are 1..n in the order of their revisions, each is told once, is what its parent and its changes make,
    and has the hash of its document."""
    for model_id in {model_id for model_id, _ in story.told} - story.versions.keys():
        yield f"{model_id} was told of and has no versions"
    for model_id, chain in story.versions.items():
        if [one.version for one in chain] != list(range(1, len(chain) + 1)):
            yield f"{model_id} has versions {[one.version for one in chain]}"
        revisions = [one.revision for one in chain]
        if revisions != sorted(set(revisions)):
            yield f"{model_id} has revisions {revisions}"
        for before, version in zip([None, *chain], chain, strict=False):
            yield from _told_as_it_is(story, model_id, version)
            yield from _made_of_its_parent(story, model_id, before, version)


def _told_as_it_is(story: Story, model_id: str, version: history_pb2.ModelVersion) -> Iterator[str]:
    name, told = f"{model_id} {version.version}", story.told.get((model_id, version.version), [])
    if len(told) != 1:
        yield f"{name} is told {len(told)} times"
        return
    update, document = told[0], story.document(model_id, version.version)
    said = (update.revision, update.principal, update.source_id, update.reason)
    if said != (version.revision, version.principal, version.source_id, version.reason):
        yield f"{name} is told as {said}, and is {version.revision}, {version.principal}, {version.reason!r}"
    if (version.operation == DELETE) is not (document is None):
        yield f"{name} is told with another document than its operation says"
    if version.HasField("model") and document is not None and facts(version.model) != facts(document):
        yield f"{name} has another document than was told"
    if document is not None and version.document_hash != sha256(facts(document) or b"").digest():
        yield f"{name} has not the hash of its document"


def _made_of_its_parent(
    story: Story, model_id: str, parent: history_pb2.ModelVersion | None, version: history_pb2.ModelVersion
) -> Iterator[str]:
    if version.HasField("purge_time"):
        return  # its changes went with its document
    before = story.document(model_id, parent.version) if parent is not None else None
    after = story.document(model_id, version.version)
    if before is None or after is None:
        if version.changes:
            yield f"{model_id} {version.version} has changes, and came or went whole"
    elif diff.apply(canonical(before), version.changes) != canonical(after):
        yield f"{model_id} {version.version} is not what its parent and its changes make"


def immutable_versions(story: Story) -> Iterator[str]:
    """Whatever was read of a version is what is read of it at the end, but for a document that was purged."""
    last = {(model_id, version.version): version for model_id, version in story.all_versions()}
    for call in story.answered(history.GetModelVersionRequest, history.ListModelVersionsRequest):
        one = call.answer.version if call.method == "GetModelVersion" else None
        for version in [one] if one is not None else call.answer.versions:
            known = last.get((call.request.model_id, version.version))
            if known is None:
                yield f"{call.request.model_id} {version.version} was read, and is not there"
            elif _kept(version) != _kept(known):
                yield f"{call.request.model_id} {version.version} changed from what was read at {call.at:.3f} s"
            elif version.HasField("model") and known.HasField("model") and facts(version.model) != facts(known.model):
                yield f"{call.request.model_id} {version.version} has another document than at {call.at:.3f} s"


def _kept(version: history_pb2.ModelVersion) -> tuple[Any, ...]:
    # Its time is left out: the run makes versions older.
    return (
        version.revision,
        version.operation,
        version.principal,
        version.source_id,
        version.reason,
        [one.SerializeToString(deterministic=True) for one in version.pins],
        version.restored_version,
        version.document_hash,
    )


def one_winner(story: Story) -> Iterator[str]:
    """Of writes with the same expected_version one succeeds at most and makes the version after it; where all were told
    that it is not the current one, another write made it."""
    asked: dict[tuple[str, int], list[Call]] = defaultdict(list)
    for call in story.of(*WRITES):
        if call.request.HasField("expected_version"):
            asked[model_of(call), call.request.expected_version].append(call)
    for (model_id, expected), calls in asked.items():
        made = {(claim, key_of(call)) for call in calls for claim in claims(call)}
        if len(made) > 1:
            yield f"{len(made)} writes of {model_id} succeeded with version {expected} expected"
        for (_, version, _), _ in made:
            if version != expected + 1:
                yield f"{model_id} {version} was made with version {expected} expected"
        refused = any(call.reason == "VERSION_MISMATCH" for call in calls)
        if refused and (model_id, expected + 1) not in story.told and (model_id, expected) in story.told:
            yield f"nobody changed version {expected} of {model_id}, and a write that expected it was refused"


def done_once(story: Story) -> Iterator[str]:
    """A request that was sent again gave the answer that it gave before; another one under its id gave none."""
    asked: dict[tuple[str, str], list[Call]] = defaultdict(list)
    for call in story.of(*WRITES, history.ApproveRollbackRequest, history.RejectRollbackRequest):
        if call.request.request_id and call.answered:
            asked[call.who, call.request.request_id].append(call)
    for (who, request_id), calls in asked.items():
        if len({call.request.SerializeToString(deterministic=True) for call in calls}) > 1:
            yield f"two requests of {who} were done under the id {request_id}"
        if len({_answer(call) for call in calls}) > 1:
            yield f"a {calls[0].method} of {who} was answered in two ways under the id {request_id}"
    # Whatever was sent twice, and however it was answered, has made one version.
    made = Counter(version.reason for _, version in story.all_versions() if version.reason and version.principal)
    asked_by = {call.request.reason: call.who for call in story.of(*WRITES)}
    for reason, times in made.items():
        if times > 1 and reason in asked_by:
            yield f"one request of {asked_by[reason]} made {times} versions ({reason})"


def _answer(call: Call) -> bytes:
    answer = type(call.answer)()
    answer.CopyFrom(call.answer)
    if "model" in answer.DESCRIPTOR.fields_by_name:
        answer.model.ClearField("availability")  # of now
    if "changed" in answer.DESCRIPTOR.fields_by_name and not answer.changed:
        answer.ClearField("revision")  # that the answer is current through
    return bytes(answer.SerializeToString(deterministic=True))


def nothing_is_lost(story: Story) -> Iterator[str]:
    """What was acknowledged is there as the answer says; what was refused is not; and what is there was asked for, and
    has its row in the audit trail."""
    log = {(model_id, one.version): one for model_id, one in story.all_versions()}
    for call in story.of(*WRITES):
        for model_id, number, revision in claims(call):
            version = log.get((model_id, number))
            if version is None or version.revision != revision or version.reason != call.request.reason:
                yield f"{model_id} {number} was acknowledged with revision {revision} ({call.request.reason}), and is"
                yield f"  {version.revision if version else 'not'} ({version.reason if version else ''})"
    fates = defaultdict(list)
    for call in story.of(*WRITES):
        fates[call.request.reason].append(call)
    audited = {(one.principal, one.resource, one.after_version, one.revision) for one in story.audit}
    for model_id, one in story.all_versions():
        if one.source_id or one.principal in ("discovery", "history"):
            continue
        rolled_back = one.operation == history_pb2.MODEL_VERSION_OPERATION_ROLLBACK
        # A rollback is made by whoever approved it last.
        asked = [call for call in fates.get(one.reason, []) if rolled_back or call.who == one.principal]
        if not any(call.answered or call.unknown for call in asked):
            became = [call.reason for call in asked] or "was never asked for"
            yield f"{model_id} {one.version} was made by {one.principal} ({one.reason}), which {became}"
        if not rolled_back and (one.principal, model_id, one.version, one.revision) not in audited:
            yield f"{model_id} {one.version} has no row in the audit trail"


def claims(call: Call) -> Iterator[tuple[str, int, int]]:
    """The version that a call was told to have made, and its revision."""
    if not call.answered:
        return
    answer, model_id = call.answer, model_of(call)
    match call.request:
        case discovery.SaveModelRequest():
            if answer.changed:
                yield model_id, answer.model.version, answer.revision
        case discovery.DeleteModelRequest():
            yield model_id, answer.version, answer.revision
        case discovery.UndeleteModelRequest() | history.PinModelRequest():
            yield model_id, answer.model.version, answer.revision
        case history.UnpinModelRequest():
            if answer.HasField("model"):
                yield model_id, answer.model.version, answer.revision
        case history.RequestRollbackRequest():
            if answer.rollback.state == history_pb2.ROLLBACK_STATE_EXECUTED:
                yield model_id, answer.rollback.executed_version, answer.revision


def model_of(call: Call) -> str:
    """The model that a call is about."""
    request = call.request
    if "model" in request.DESCRIPTOR.fields_by_name:
        return str(request.model.id)
    return str(request.model_id if "model_id" in request.DESCRIPTOR.fields_by_name else request.id)


def key_of(call: Call) -> str:
    """What says that two calls are one request."""
    return str(call.request.reason)
