"""What is promised of the log and of the versions in it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import subscriber_service_pb2 as api
from modeldex.v1 import update_pb2 as pb
from support.robustness.story import Story
from support.watching import check_versions, place

ALIKE = "same/"  # models that are only ever saved alike
DISCOVERED = "fake/"  # models that no caller saves


def gap_free(story: Story) -> None:
    """gap-free log: revisions are 1, 2, 3, ... up to the head, ordinals 0, 1, 2, ..., in the tables as on a stream from
    the start; and what is read is what is stored."""
    places = [place(update) for update in story.truth]
    assert places == sorted(story.places), f"read and stored differ in {set(places) ^ set(story.places)}"
    ordinals: dict[int, list[int]] = defaultdict(list)
    for revision, ordinal in places:
        ordinals[revision].append(ordinal)
    assert list(ordinals) == list(range(1, max(ordinals) + 1)), "the log has a hole"
    assert max(ordinals) >= story.finished.head, "the log ends before its head"
    assert all(found == list(range(len(found))) for found in ordinals.values()), "a revision has a hole"


def acknowledged(story: Story) -> None:
    """nothing acknowledged is lost, version chain: each acknowledged change is in the log as its answer says, and one
    caller's only; and of versions that nobody was told of there are no more than calls that failed."""
    log = {(told.model_id, told.version): update.revision for update, told in story.models()}
    claimed: Counter[tuple[str, int]] = Counter()
    for model_id, version, revision in _claims(story):
        assert log.get((model_id, version)) == revision, f"{model_id} {version} was acknowledged with {revision}"
        claimed[model_id, version] += 1
    assert not [one for one, times in claimed.items() if times > 1], "one version was acknowledged twice"
    failed = sum(bool(call.code) for call in story.calls)
    unclaimed = [one for one in log if one not in claimed and not one[0].startswith(DISCOVERED)]
    assert len(unclaimed) <= failed, f"{unclaimed[:5]} were written by nobody"


def silent(story: Story) -> None:
    """silent no-op: where a save says that it changed nothing the log has nothing of it; and of models that were only
    ever saved alike, in whatever spelling, there is one version."""
    first = {(told.model_id, told.version): update.revision for update, told in story.models()}
    for _, request, answer in story.answered(discovery.SaveModelRequest):
        if not answer.changed:
            made = first.get((request.model.id, answer.model.version))
            assert made is not None, f"{request.model.id} {answer.model.version} was never made"
            assert made <= answer.revision, f"{request.model.id} {answer.model.version} is of the future"
    changed = [key for key in first if key[0].startswith(ALIKE) and key[1] > 1]
    assert not changed, f"saved alike, and changed: {changed}"


def versions(story: Story) -> None:
    """version chain: in the log the versions of a model follow each other, the first is 1, and a model that was removed
    comes back as added."""
    check_versions([api.WatchResponse(updates=story.truth)])
    live: dict[str, bool] = {}
    for update, told in story.models():
        if told.model_id not in live:
            assert told.version == 1, f"{told.model_id} begins with version {told.version}"
        known = live.get(told.model_id, False)
        assert told.HasField("before") is known, f"{place(update)} comes after something else"
        assert (told.type == pb.MODEL_UPDATE_TYPE_ADDED) is not known, f"{place(update)} was there already"
        live[told.model_id] = told.HasField("after")


def _claims(story: Story) -> Iterator[tuple[str, int, int]]:
    """What calls were told that they changed: the model, its version, the revision."""
    for _, _, saved in story.answered(discovery.SaveModelRequest):
        if saved.changed:
            yield saved.model.id, saved.model.version, saved.revision
    for _, request, deleted in story.answered(discovery.DeleteModelRequest):
        yield request.id, deleted.version, deleted.revision
    for _, _, undeleted in story.answered(discovery.UndeleteModelRequest):
        yield undeleted.model.id, undeleted.model.version, undeleted.revision
