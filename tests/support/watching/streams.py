"""Validators of streams: what holds of the messages of one, or of several that continued each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from modeldex.v1 import subscriber_service_pb2 as api
from modeldex.v1 import update_pb2 as pb

Messages = Sequence[api.WatchResponse]
Place = tuple[int, int]  # (revision, ordinal)


def updates_of(messages: Messages) -> list[pb.UpdateEvent]:
    """All updates of some messages."""
    return [update for message in messages for update in message.updates]


def place(update: pb.UpdateEvent) -> Place:
    """Where an update stands in the log."""
    return (update.revision, update.ordinal)


def check_ordered(messages: Messages) -> None:
    """ordered: places grow from update to update, and revisions from message to message; no update is beyond what its
    message says it is through."""
    places = [place(update) for update in updates_of(messages)]
    assert places == sorted(places), "updates out of order"
    revisions = [message.revision for message in messages if not is_of_snapshot(message)]
    assert revisions == sorted(revisions), f"revisions out of order: {revisions}"
    for message in messages:
        assert all(update.revision <= message.revision for update in message.updates), "an update beyond its message"


def check_unique(messages: Messages) -> None:
    """unique: no update twice."""
    seen: set[Place] = set()
    for update in updates_of(messages):
        assert place(update) not in seen, f"{place(update)} came twice"
        seen.add(place(update))


def check_atomic(messages: Messages) -> None:
    """atomic: no revision in two messages."""
    done: set[int] = set()
    for message in messages:
        revisions = {update.revision for update in message.updates}
        assert not revisions & done, f"revisions {revisions & done} were split"
        done |= revisions


def check_reliable(messages: Messages, expected: Iterable[Place], start: int) -> None:
    """reliable: from after the start to what the last message is through, what came is what is expected."""
    through = max((message.revision for message in messages), default=start)
    came = {place(update) for update in updates_of(messages)}
    wanted = {one for one in expected if start < one[0] <= through}
    assert came == wanted, f"missing {sorted(wanted - came)[:5]}, too many {sorted(came - wanted)[:5]}"


def check_bookmarked(messages: Messages) -> None:
    """bookmarked: once a message said that the stream is through a revision, nothing up to it comes; and no bookmark is
    beyond the head that it tells."""
    through = -1
    for message in messages:
        late = [place(update) for update in message.updates if update.revision <= through]
        assert not late, f"{late[:5]} came after the stream was through {through}"
        if not is_of_snapshot(message):
            through = max(through, message.revision)
        if message.HasField("bookmark"):
            head = message.bookmark.head_revision
            assert message.revision <= head, f"a bookmark at {message.revision}, beyond the head {head}"


def check_reaches(messages: Messages, head: int) -> None:
    """bookmarked: a stream gets to the head, also where nothing of what was changed matches."""
    assert messages[-1].revision >= head, f"the stream stays at {messages[-1].revision}, the head is {head}"


def check_resumable(messages: Messages) -> None:
    """resumable: every message outside of a snapshot, and no message within one, has a token."""
    for message in messages:
        assert bool(message.resume_token) is not is_of_snapshot(message), message


def check_versions(messages: Messages) -> None:
    """version chain: on a stream without filters the versions of each model follow each other."""
    versions: dict[str, int] = {}
    for update in updates_of(messages):
        if update.HasField("model") and not update.external:
            told = update.model
            known = versions.get(told.model_id, told.previous_version)
            assert told.previous_version == known, f"{told.model_id}: {known}, then after {told.previous_version}"
            assert told.version > told.previous_version
            versions[told.model_id] = told.version


def check_stream(messages: Messages, expected: Iterable[Place], start: int) -> None:
    """All that holds of every stream, and of streams that continued each other."""
    check_ordered(messages)
    check_unique(messages)
    check_atomic(messages)
    check_bookmarked(messages)
    check_resumable(messages)
    check_reliable(messages, expected, start)


def is_of_snapshot(message: api.WatchResponse) -> bool:
    """Whether a message is of a snapshot that is not complete."""
    return bool(message.snapshot_models) and not message.snapshot_complete
