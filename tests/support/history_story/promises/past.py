"""What is promised of reads of the past, and of what is kept for them."""

from __future__ import annotations

from collections.abc import Iterator

from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import history_pb2, model_pb2
from modeldex.v1 import history_service_pb2 as history
from support.history_story.story import END, Call, Story, facts, seconds

KEPT = 5  # versions of each model that the servers of a run keep
_MARGIN = 0.5  # seconds between the beginning of a purge and the time that it puts on what it purged


def as_it_was(story: Story) -> Iterator[str]:
    """A model as of a revision is what the log told up to it, and so is a list, page by page; as of a time it is that
    of the last revision until then. Nothing else is answered, but that it was purged."""
    for call in story.of(discovery.GetModelRequest):
        if call.request.WhichOneof("as_of") is not None and not call.unknown:
            yield from _got(story, call)
    for call in story.of(discovery.ListModelsRequest):
        if call.refused and call.reason != "VERSION_PURGED":
            yield f"a list of the past failed with {call.reason} ({call.at:.3f} s)"
    pages = {call.request.page_token: call for call in story.answered(discovery.ListModelsRequest)}
    for call in story.answered(discovery.ListModelsRequest):
        if call.request.WhichOneof("as_of") is not None and not call.request.page_token and call.who != END:
            yield from _listed(story, call, pages)


def _got(story: Story, call: Call) -> Iterator[str]:
    revision, model_id = _revision(story, call), call.request.id
    was = story.as_of(model_id, revision)
    where = f"{model_id} as of {revision} ({call.at:.3f} s)"
    if call.answered:
        if was is None or (call.answer.model.version, facts(call.answer.model)) != (was.version, facts(was)):
            yield f"{where} was answered with {call.answer.model.version}, and was {was.version if was else 'not'}"
    elif call.reason == "MODEL_NOT_FOUND":
        if was is not None:
            yield f"{where} was not found, and was {was.version}"
    elif call.reason == "VERSION_PURGED":
        if was is None or not _purged(story, model_id, was.version):
            yield f"{where} was said to be purged, and is not"
    elif call.refused:
        yield f"{where} failed with {call.reason}"


def _listed(story: Story, call: Call, pages: dict[str, Call]) -> Iterator[str]:
    revision, listed = _revision(story, call), list(call.answer.models)
    where = f"the list as of {revision} ({call.at:.3f} s)"
    page = call
    while token := page.answer.next_page_token:
        if token not in pages:
            return  # nobody read on
        page = pages[token]
        listed += page.answer.models
        if page.answer.as_of_revision != call.answer.as_of_revision:
            yield f"{where} has pages of other revisions"
    wanted = story.all_as_of(revision)
    if only := set(call.request.filter.provider_ids):
        wanted = {model_id: model for model_id, model in wanted.items() if model_id.partition("/")[0] in only}
    if [model.id for model in listed] != sorted(wanted):
        yield f"{where} has others than there were: {sorted({one.id for one in listed} ^ set(wanted))}"
    for model in listed:
        if model.id in wanted and _different(model, wanted[model.id]):
            yield f"{where} has {model.id} {model.version}, which was {wanted[model.id].version}"


def _different(model: model_pb2.Model, other: model_pb2.Model) -> bool:
    return (model.version, facts(model)) != (other.version, facts(other))


def _revision(story: Story, call: Call) -> int:
    if call.request.WhichOneof("as_of") == "as_of_revision":
        return int(call.request.as_of_revision)
    return story.revision_at(call.request.as_of_time)


def protected_versions(story: Story) -> Iterator[str]:
    """What was purged was old, followed by enough others and forgotten by the log; not current, and not needed by a pin
    or an open rollback. It can be neither read nor put back."""
    for model_id, version in story.all_versions():
        if version.HasField("purge_time"):
            if version.HasField("model") or len(version.document_hash) not in (0, 32):
                yield f"{model_id} {version.version} was purged, and has its document"
            yield from _needed(story, model_id, version)
            yield from _used(story, model_id, version)
        elif not version.HasField("model") and story.document(model_id, version.version) is not None:
            yield f"{model_id} {version.version} was not purged, and has no document"


def _needed(story: Story, model_id: str, version: history_pb2.ModelVersion) -> Iterator[str]:
    number, purged, name = version.version, seconds(version.purge_time), f"{model_id} {version.version}"
    newer = [one for one in story.versions[model_id][number:] if story.time_of(one.revision) <= purged + _MARGIN]
    if len(newer) < KEPT:
        yield f"{name} was purged as one of the newest {KEPT}"
    forgotten = max((one.revision for one in story.aged if story.wall(one.at) <= purged + _MARGIN), default=0)
    if newer and newer[0].revision > forgotten:
        yield f"{name} was purged, and was current within what is kept"
    before = [one for one in story.versions[model_id] if story.time_of(one.revision) <= purged - _MARGIN]
    nothing_came_meanwhile = len(before) == len(newer) + number
    if nothing_came_meanwhile and any(not pin.path and pin.version == number for pin in before[-1].pins):
        yield f"{name} was purged, and is pinned"
    for one in story.rollbacks.values():
        open_until = seconds(one.finish_time) if one.HasField("finish_time") else float("inf")
        waited = seconds(one.create_time) <= purged < open_until - _MARGIN
        if one.model_id == model_id and waited and number in (one.base_version, one.target_version):
            yield f"{name} was purged while {one.id} waited for it"


def _used(story: Story, model_id: str, version: history_pb2.ModelVersion) -> Iterator[str]:
    name, purged = f"{model_id} {version.version}", seconds(version.purge_time) + _MARGIN
    for call in story.answered(history.GetModelVersionRequest):
        asked = (call.request.model_id, call.request.version)
        if asked == (model_id, version.version) and story.wall(call.at) > purged:
            yield f"{name} was read after it was purged"
    for one in story.rollbacks.values():
        if (one.model_id, one.target_version) == (model_id, version.version) and seconds(one.create_time) > purged:
            yield f"{name} was to be put back by {one.id} after it was purged"


def _purged(story: Story, model_id: str, number: int) -> bool:
    return any(one.version == number and one.HasField("purge_time") for one in story.versions[model_id])
