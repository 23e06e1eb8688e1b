"""A run: two replicas, actors and faults at random for so long; then all that HistoryService says of it."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import history_pb2
from modeldex.v1 import history_service_pb2 as history
from support.history_story.actors import (
    Players,
    act_out,
    begin,
    decide,
    duel,
    enrol,
    keep,
    pin,
    read_past,
    refresh,
    request_rollbacks,
    write,
)
from support.history_story.actors.calling import IDS, READER, SOON
from support.history_story.actors.reading import everything, read_list
from support.history_story.promises.past import KEPT
from support.history_story.story import END
from support.principals import TokensFile
from support.robustness import history as was
from support.robustness.faults import Chosen, Faults
from support.robustness.setting import assert_no_complaints, setting, staged
from support.robustness.stage import Refused, Stage, wall_at
from support.robustness.truth import Truth
from support.waiting import PATIENCE, eventually

_SETTINGS = {
    "MODELDEX_HISTORY__KEEP_VERSIONS": str(KEPT),
    "MODELDEX_HISTORY__KEEP_DAYS": "1",
    "MODELDEX_HISTORY__ROLLBACK__APPROVERS": "2",
    "MODELDEX_HISTORY__ROLLBACK__EXPIRES_AFTER": "8",  # longer than the decisions on one take, on any machine
    "MODELDEX_DISCOVERY__REMOVAL_THRESHOLD": "1",
}
FAULTS = {"killed", "drained", "deaf", "store away", "stores cut", "Redis away"}
_READS = 40  # lists as of revisions at the end
_CALM = 1.5  # seconds without a revision, when what ends by itself has ended
# For each second: a run is over no sooner, however slow the machine is.
CALLS, PURGED = 20, 1
_MORE_SECONDS = 120
# One whose replica was killed is made again by whoever waited for it, soon after the lease ran out.
_REFRESHING = "SELECT id FROM source WHERE lease_until > clock_timestamp() - interval '3 seconds'"
_PURGED = "SELECT count(*) FROM model_version WHERE purged_at IS NOT NULL"


async def run(folder: Path, database_url: str, *, seed: int, seconds: float) -> Path:
    """Let it run; the file with what was recorded."""
    recorded = was.History(folder / "history.jsonl")
    tokens = TokensFile(folder / "tokens.toml")
    known = enrol(tokens)
    settings = _SETTINGS | {"MODELDEX_TOKENS_FILE": str(tokens.path)}
    try:
        with setting(folder, database_url, source="models_dev", settings=settings) as made:
            async with staged(recorded, seed, made, known) as stage:
                recorded.add(was.Begun(seed, seconds, wall_at(recorded)))
                await _play(stage, seconds)
                assert_no_complaints(folder)
    finally:
        recorded.close()
    return recorded.path


class _Faults(Faults):
    """Those that history could suffer from."""

    def deck(self) -> list[Chosen]:
        return [one for one in super().deck() if one[0] in FAULTS]


async def _play(stage: Stage, seconds: float) -> None:
    players, truth = Players(stage), Truth(stage)
    faults = _Faults(stage, truth)
    await begin(players)
    async with asyncio.TaskGroup() as tasks:
        for at in range(3):
            tasks.create_task(write(players, f"writer {at}", 0.06))
        for at in range(2):
            tasks.create_task(request_rollbacks(players, f"requester {at}", 0.15))
            tasks.create_task(decide(players, f"decider {at}", 0.1))
            tasks.create_task(pin(players, f"pinner {at}", 0.15))
            tasks.create_task(read_past(players, f"reader {at}", 0.05))
        tasks.create_task(duel(players, "duel", 0.4))
        tasks.create_task(refresh(players, "refresher", 0.2))
        tasks.create_task(keep(players, truth, 3.0))
        tasks.create_task(faults.run())
        await asyncio.sleep(seconds)
        await faults.each_came.wait()
        await eventually(lambda: _has_enough(players, seconds), "calls and purges", patience=_MORE_SECONDS)
        stage.ending.set()
    await _settle(stage)
    await act_out(players)
    await _settle(stage)
    await truth.tell()
    await _look(players)
    await asyncio.to_thread(stage.tables.check)


async def _has_enough(players: Players, seconds: float) -> bool:
    ((purged,),) = await asyncio.to_thread(players.stage.tables.rows, _PURGED)
    return players.calls > CALLS * seconds and bool(purged > PURGED * seconds)


async def _settle(stage: Stage) -> None:
    """Until nothing waits that ends by itself, and nothing is written any more."""

    async def is_calm() -> bool:
        head = stage.tables.head
        if await _something_waits(stage):
            return False
        await asyncio.sleep(_CALM)
        return not stage.tables.rows(_REFRESHING) and stage.tables.head == head

    await eventually(is_calm, "rollbacks, pins and refreshes to end by themselves", patience=4 * PATIENCE)


async def _something_waits(stage: Stage) -> bool:
    """Whether a rollback or a pin will end by itself soon, or a replica has yet to find a store that came back."""
    waiting = history.ListRollbacksRequest(states=[history_pb2.ROLLBACK_STATE_PENDING])
    try:
        if await _all(stage, waiting, "rollbacks"):
            return True
        now = time.time()
        pins = await _all(stage, history.ListModelPinsRequest(), "pins", replica=1)
    except Refused as refused:
        if refused.problem.code.name != "UNAVAILABLE":
            raise
        return True
    return any(pin.HasField("expire_time") and pin.expire_time.seconds < now + SOON for pin in pins)


async def _look(players: Players) -> None:
    """What is there at the end, whatever was purged, and lists as of many a revision."""
    stage = players.stage
    for model_id in IDS:
        request = history.ListModelVersionsRequest(model_id=model_id, include_models=True, page_size=500)
        for version in await _all(stage, request, "versions"):
            if version.HasField("purge_time"):
                one = history.GetModelVersionRequest(model_id=model_id, version=version.version)
                await players.ask(READER, one, stage.chance(model_id))
    await _all(stage, history.ListRollbacksRequest(page_size=500), "rollbacks")
    await _all(stage, history.ListAuditEventsRequest(page_size=500), "events")
    chance = stage.chance("end")
    for _ in range(_READS):
        revision = chance.randint(1, stage.tables.head)
        await read_list(
            players,
            discovery.ListModelsRequest(
                as_of_revision=revision, filter=everything(), page_size=chance.choice([5, 500])
            ),
            chance,
        )


async def _all(stage: Stage, request: Any, name: str, *, replica: int = 0) -> list[Any]:
    """All pages of a list; nothing of a model that never was."""
    found: list[Any] = []
    while True:
        try:
            answer = await stage.ask(END, replica, request, timeout=PATIENCE)
        except Refused as refused:
            if refused.problem.reason != "MODEL_NOT_FOUND":
                raise
            return found
        found += getattr(answer, name)
        request.page_token = answer.next_page_token
        if not request.page_token:
            return found
