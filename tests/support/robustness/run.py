"""A run: two replicas, writers, watchers and faults at random for so long; then all that must hold of what they saw."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from modeldex.v1 import discovery_service_pb2 as discovery
from support.robustness import history as was
from support.robustness.acting_out import act_out
from support.robustness.faults import Faults
from support.robustness.probes import follow
from support.robustness.setting import assert_no_complaints, setting, staged
from support.robustness.stage import Stage, wall_at
from support.robustness.subscribers import Subscriber
from support.robustness.truth import Truth
from support.robustness.watchers import Sleeper, Watcher, watchers
from support.robustness.writers import balance, save_alike, write
from support.waiting import eventually

_WATCHERS, _SUBSCRIBERS, _WRITERS = 14, 6, 3
_RESUMES = 20
REVISIONS = 10  # for each second: a run is over no sooner, however slow the machine is
_SETTLE_SECONDS, _MORE_SECONDS = 60, 120


async def run(folder: Path, database_url: str, *, seed: int, seconds: float) -> Path:
    """Let it run; the file with its history."""
    history = was.History(folder / "history.jsonl")
    try:
        with setting(folder, database_url) as made:
            async with staged(history, seed, made) as stage:
                history.add(was.Begun(seed, seconds, wall_at(history)))
                await _play(stage, seconds)
                assert_no_complaints(folder)
    finally:
        history.close()
    return history.path


async def _play(stage: Stage, seconds: float) -> None:
    truth = Truth(stage)
    faults = Faults(stage, truth)
    following: list[Watcher | Subscriber] = [
        *watchers(stage, _WATCHERS),
        *(Subscriber(stage, f"subscriber {at}", explicit=at % 2 == 1) for at in range(_SUBSCRIBERS)),
    ]
    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(one.run()) for one in following]
        sleepers = [tasks.create_task(Sleeper(stage, f"sleeper {at}").run()) for at in range(2)]
        writing = [tasks.create_task(write(stage, f"writer {at}", 0.03)) for at in range(_WRITERS)]
        writing.append(tasks.create_task(save_alike(stage, "alike", 0.2)))
        writing.append(tasks.create_task(balance(stage, "balance", 0.2)))
        breaking = tasks.create_task(faults.run())
        await asyncio.sleep(seconds)
        await faults.each_came.wait()
        await eventually(lambda: _has_revisions(stage, REVISIONS * seconds), "revisions", patience=_MORE_SECONDS)
        stage.ending.set()
        await asyncio.gather(*writing, *sleepers, breaking)
        await act_out(stage, truth)
        head = await truth.tell()
        stage.history.add(was.Finished(stage.history.now, head))
        stage.head = head
        _, late = await asyncio.wait(running, timeout=_SETTLE_SECONDS)
        names = [one.who for one, task in zip(following, running, strict=True) if task in late]
        for task in late:
            task.cancel()
        assert not names, f"did not reach the head {head}: {names}"
    await truth.tell()  # subscriptions that went on at last
    await _resume_everywhere(stage, head)
    await _list(stage, head, following)
    await asyncio.to_thread(stage.tables.check)


async def _has_revisions(stage: Stage, number: float) -> bool:
    return await asyncio.to_thread(lambda: stage.tables.head) > number


async def _resume_everywhere(stage: Stage, head: int) -> None:
    """From the edge, from the head, and from many a revision between."""
    edge = await asyncio.to_thread(lambda: stage.tables.compacted)
    chance = stage.chance("resumes")
    between = chance.sample(range(edge, head + 1), min(_RESUMES, head - edge))
    for revision in sorted({edge, min(edge + 1, head), head - 1, head, *between}):
        for replica in stage.replicas:
            await follow(stage, f"after {revision} on {replica.number}", replica.number, revision, head)


async def _list(stage: Stage, head: int, following: Sequence[object]) -> None:
    """What copies must be equal to by now."""
    for one in following:
        if isinstance(one, Watcher) and one.request.options.initial_snapshot and not one.request.filters:
            request = discovery.ListModelsRequest(page_size=500, min_revision=head)
            if one.request.HasField("models"):
                request.filter.CopyFrom(one.request.models)
            answer = await stage.ask("list", stage.chance(one.who).randrange(2), request)
            if answer.revision != head:
                continue  # a refresh that outlived its caller came after all
            stage.history.add(was.Listed(one.chain, answer.SerializeToString()))
