"""A recorder of streams, and validators of what it recorded: one function a promise of the feed.

Validators are pure. They take the messages of one stream, or of several that continued each other, in their order.
"""

from support.watching.asking import (
    after,
    delete,
    from_now,
    from_snapshot,
    history,
    listed,
    metric,
    resuming,
    save,
)
from support.watching.copies import (
    apply,
    check_consistent,
    check_converging,
    check_snapshot,
    check_transitions,
    copy_of,
)
from support.watching.pace import check_batched, check_coalesced
from support.watching.recording import Recorder, open_watch, watching
from support.watching.streams import (
    Messages,
    Place,
    check_atomic,
    check_bookmarked,
    check_ordered,
    check_reaches,
    check_reliable,
    check_resumable,
    check_stream,
    check_unique,
    check_versions,
    place,
    updates_of,
)

__all__ = [
    "Messages",
    "Place",
    "Recorder",
    "after",
    "apply",
    "check_atomic",
    "check_batched",
    "check_bookmarked",
    "check_coalesced",
    "check_consistent",
    "check_converging",
    "check_ordered",
    "check_reaches",
    "check_reliable",
    "check_resumable",
    "check_snapshot",
    "check_stream",
    "check_transitions",
    "check_unique",
    "check_versions",
    "copy_of",
    "delete",
    "from_now",
    "from_snapshot",
    "history",
    "listed",
    "metric",
    "open_watch",
    "place",
    "resuming",
    "save",
    "updates_of",
    "watching",
]
