"""Everything at random over two replicas, recorded, and validated: one validator a promise of the log and of watching.

`make robustness` runs it for longer, each time with another seed. Where a promise was broken, what was recorded stays,
and can be looked at again: `cd tests && ../.venv/bin/python -m support.robustness FILE`.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from support.robustness import history
from support.robustness.promises import broken_by
from support.robustness.run import REVISIONS, run
from support.robustness.story import Story, story_of

# How long writers write and things break. What the variables say: see the Makefile.
SECONDS = float(os.environ.get("ROBUSTNESS_SECONDS", "60"))
SEED = int(os.environ.get("ROBUSTNESS_SEED", "1"))
FAULTS = {
    "killed", "drained", "frozen", "deaf", "store away", "stores away", "clients cut", "stores cut", "Redis away",
    "log compacted",
}  # fmt: skip
ENDS = {
    "DRAINING", "REVISION_COMPACTED", "FUTURE_REVISION", "HISTORY_REWOUND", "INVALID_RESUME_TOKEN",
    "SUBSCRIPTION_SUPERSEDED", "REDELIVERY",
}  # fmt: skip


@pytest.mark.timeout(SECONDS * 3 + 240)
async def test_all_promises_hold_whatever_happens(database_url: str) -> None:
    """All that is promised of the log, of watching and of subscriptions, with replicas killed, drained, frozen and cut
    off from clients, from PostgreSQL, from Redis and from hints, while the log is compacted under them."""
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
    assert not broken, "\n".join([f"seed {SEED}, history {path}:", *broken])
    check_all_happened(story)
    shutil.rmtree(folder)


def check_all_happened(story: Story) -> None:
    """What did not happen proves nothing."""
    assert {fault.what for fault in story.faults} >= FAULTS
    assert {stream.ended.reason for stream in story.streams.values() if stream.ended} >= ENDS
    assert story.finished.head > REVISIONS * SECONDS
