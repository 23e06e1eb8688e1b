"""The cache of two replicas at random: sets, deletions and invalidations of callers' entries while PostgreSQL and Redis
are slowed, cut off, flushed and killed; then one validator a promise. `make robustness` runs it for longer."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from support.cache_story.promises import broken_by
from support.cache_story.run import READS, run
from support.cache_story.story import Kind, Story, summary

# What the variables say: see the Makefile.
SECONDS = float(os.environ.get("ROBUSTNESS_SECONDS", "20"))
SEED = int(os.environ.get("ROBUSTNESS_SEED", "1"))


@pytest.mark.timeout(SECONDS * 3 + 120)
@pytest.mark.parametrize("with_redis", [True, False], ids=["with Redis", "without Redis"])
async def test_the_cache_keeps_its_promises_whatever_happens(
    database_url: str, tmp_path: Path, *, with_redis: bool
) -> None:
    """own answers, read your set, never back, soft and hard, Redis is a helper."""
    story = await run(tmp_path, database_url, seed=SEED, seconds=SECONDS, with_redis=with_redis)
    print(f"seed {SEED}: {summary(story)}")
    broken = broken_by(story)
    assert not broken, "\n".join([f"seed {SEED}: {len(broken)} times", *broken[:40]])
    _check_enough_happened(story, with_redis=with_redis)


def _check_enough_happened(story: Story, *, with_redis: bool) -> None:
    """What did not happen proves nothing."""
    reads = [one for one in story.of(Kind.READ) if one.succeeded]
    assert len(reads) > READS * SECONDS
    assert any(seen.stale for one in reads for seen in one.found.values())
    assert all(any(one.succeeded for one in story.of(kind)) for kind in Kind)
    faults = {"store", "slow store", "slow stores"}
    if with_redis:
        faults |= {"Redis slow", "Redis cut", "Redis flushed", "Redis killed"}
    assert {fault.what for fault in story.faults} == faults
