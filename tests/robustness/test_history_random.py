"""The history of two replicas at random: saves, refreshes, pins, rollbacks and decisions on them, reads of the past and
purges, while replicas are killed and PostgreSQL is taken away; then one validator a promise.

`make robustness` runs it for longer, each time with another seed. Where a promise was broken, what was recorded stays,
and can be looked at again: `cd tests && ../.venv/bin/python -m support.history_story FILE`.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from modeldex.v1 import history_pb2
from support.history_story.promises import broken_by
from support.history_story.run import CALLS, FAULTS, PURGED, run
from support.history_story.story import Story, story_of
from support.robustness import history

# How long actors act and things break. What the variables say: see the Makefile.
SECONDS = float(os.environ.get("ROBUSTNESS_SECONDS", "40"))
SEED = int(os.environ.get("ROBUSTNESS_SEED", "1"))
REFUSALS = {
    "VERSION_MISMATCH", "REQUEST_ID_REUSED", "PERMISSION_DENIED", "PROVIDER_DENIED", "MANAGED_BY_SOURCE", "NOT_LISTED",
    "NOT_PINNED", "SELF_APPROVAL", "NOT_REQUESTER", "ROLLBACK_PENDING", "ROLLBACK_FINISHED", "ROLLBACK_STALE",
    "ROLLBACK_DIFF_MISMATCH", "ROLLBACK_CHANGES_NOTHING", "VERSION_PURGED", "VERSION_IS_DELETION", "MODEL_NOT_FOUND",
}  # fmt: skip


@pytest.mark.timeout(SECONDS * 3 + 240)
async def test_history_keeps_its_promises_whatever_happens(database_url: str) -> None:
    """All that is promised of history: version chain, immutable versions, one winner, done once, nothing acknowledged
    is lost, as it was, rolled forward, rollback survives refresh, a pin is a version, four eyes, executed once, stale
    approval, one end, protected versions, audit complete."""
    folder = Path(tempfile.mkdtemp(prefix="modeldex-robustness-"))
    print(f"seed {SEED}, history {folder}")
    try:
        path = await run(folder, database_url, seed=SEED, seconds=SECONDS)
    except BaseException as error:
        error.add_note(f"seed {SEED}, history {folder}")
        raise
    story = story_of(history.read(path))
    print(story.summary())
    broken = broken_by(story)
    assert not broken, "\n".join([f"seed {SEED}, history {path}: {len(broken)} times", *broken[:40]])
    check_all_happened(story)
    shutil.rmtree(folder)


def check_all_happened(story: Story) -> None:
    """What did not happen proves nothing."""
    assert {fault.what for fault in story.faults} == FAULTS
    assert {call.reason for call in story.calls} >= REFUSALS
    operations = {version.operation for _, version in story.all_versions()}
    assert operations == set(history_pb2.ModelVersionOperation.values()) - {0}
    assert {one.state for one in story.rollbacks.values()} == set(history_pb2.RollbackState.values()) - {0, 1}
    assert any(one.break_glass for one in story.rollbacks.values())
    assert sum(version.HasField("purge_time") for _, version in story.all_versions()) > PURGED * SECONDS
    assert sum(version.principal == "history" for _, version in story.all_versions()) > 1
    assert len(story.calls) > CALLS * SECONDS
