"""What must hold of every diff."""

from __future__ import annotations

from modeldex.v1 import history_pb2, update_pb2

_CLASSES = {
    "breaking_count": history_pb2.CHANGE_CLASS_BREAKING,
    "compatible_count": history_pb2.CHANGE_CLASS_COMPATIBLE,
    "cosmetic_count": history_pb2.CHANGE_CLASS_COSMETIC,
}
_PATHS = {
    "added_paths": update_pb2.FIELD_CHANGE_OPERATION_ADDED,
    "removed_paths": update_pb2.FIELD_CHANGE_OPERATION_REMOVED,
    "replaced_paths": update_pb2.FIELD_CHANGE_OPERATION_REPLACED,
}


def check_summary(diff: history_pb2.ModelDiff) -> None:
    """The summary counts the entries, and its impact is that of the gravest at least."""
    entries, summary = diff.entries, diff.summary
    assert summary.total_count == len(entries)
    for field, kind in _CLASSES.items():
        assert getattr(summary, field) == sum(entry.change_class == kind for entry in entries), field
    assert summary.breaking_count + summary.compatible_count + summary.cosmetic_count == len(entries)
    for field, operation in _PATHS.items():
        expected = [entry.change.path for entry in entries if entry.change.operation == operation]
        assert list(getattr(summary, field)) == expected, field
    assert summary.impact >= max((entry.impact for entry in entries), default=0)
    assert bool(entries) == bool(summary.impact)
