"""Who asks for rollbacks, and who decides on them: some at once, some in a race, some without a right to."""

from __future__ import annotations

import asyncio
import random
from typing import Any

from modeldex.v1 import history_pb2
from modeldex.v1 import history_service_pb2 as history
from support.history_story.actors.calling import (
    ADMIN,
    BREAKER,
    IDS,
    JUDGES,
    READER,
    SCOPED,
    WRITERS,
    Players,
    versions_of,
)

_PENDING = history_pb2.ROLLBACK_STATE_PENDING


async def request_rollbacks(players: Players, name: str, pause: float) -> None:
    """Ask to put any version back, also one that is purged, a deletion, current, or never was."""
    chance = players.stage.chance(name)
    while not players.over:
        who = chance.choices([*WRITERS, BREAKER, SCOPED, READER], [8, 8, 8, 6, 3, 1])[0]
        model_id = chance.choice(IDS)
        if known := await versions_of(players, READER, model_id, chance):
            target = max(1, known[0].version + 1 - int(chance.expovariate(0.25)))
            request = history.RequestRollbackRequest(model_id=model_id, target_version=target, reason=players.word())
            if chance.random() < 0.3:
                request.expected_version = known[0].version
            request.break_glass = chance.random() < (0.5 if who == BREAKER else 0.03)
            await players.ask_once(who, request, chance)
            if chance.random() < 0.3:
                another = history.RequestRollbackRequest(
                    model_id=model_id, target_version=max(1, target - 1), reason=players.word()
                )
                await players.ask(who, another, chance)
        await players.rest(chance, pause)


async def decide(players: Players, name: str, pause: float) -> None:
    """Look at what waits, and let several decide on it, by turns or at once."""
    chance = players.stage.chance(name)
    while not players.over:
        judge = chance.choice(JUDGES)
        answer = await players.ask(judge, history.ListRollbacksRequest(states=[_PENDING]), chance)
        waiting = [one for one in answer.rollbacks if not _is_left_alone(one)] if answer is not None else []
        if waiting:
            one = chance.choice(waiting)
            players.finished.append(history.GetRollbackRequest(rollback_id=one.id))
            await _decide_on(players, one, chance)
        if players.finished and chance.random() < 0.3:
            await _decide_late(players, chance)
        await players.rest(chance, pause)


def _is_left_alone(one: history_pb2.Rollback) -> bool:
    """Whether nobody decides on it: it expires, or becomes stale."""
    return one.id[-1] in "012345"


async def _decide_on(players: Players, one: history_pb2.Rollback, chance: random.Random) -> None:
    if chance.random() < 0.15:
        early = history.CancelRollbackRequest(rollback_id=one.id, reason=players.word())
        await players.ask_once(one.requester, early, chance)
    calls: list[tuple[str, Any]] = [
        (who, _approval(one, one.diff.hash, players)) for who in chance.sample(JUDGES, chance.choice([1, 1, 2, 3, 4]))
    ]
    if one.requester in JUDGES and chance.random() < 0.7:
        await players.ask_once(one.requester, _approval(one, one.diff.hash, players), chance)
    if chance.random() < 0.2:
        calls.append((chance.choice(JUDGES), _approval(one, bytes(32), players)))
    if chance.random() < 0.35:
        rejection = history.RejectRollbackRequest(rollback_id=one.id, reason=players.word())
        calls.append((chance.choice([*JUDGES, SCOPED]), rejection))
    if chance.random() < 0.35:
        cancellation = history.CancelRollbackRequest(rollback_id=one.id, reason=players.word())
        calls.append((chance.choice([one.requester, one.requester, ADMIN, *WRITERS]), cancellation))
    chance.shuffle(calls)
    if chance.random() < 0.5:
        await asyncio.gather(*(players.ask_once(who, request, chance) for who, request in calls))
        return
    for who, request in calls:
        await players.ask_once(who, request, chance)


async def _decide_late(players: Players, chance: random.Random) -> None:
    """On one that was finished long ago, or is by now."""
    answer = await players.ask(READER, chance.choice(players.finished), chance)
    if answer is not None:
        who = chance.choice([*JUDGES, READER])
        await players.ask(who, _approval(answer.rollback, answer.rollback.diff.hash, players), chance)


def _approval(one: history_pb2.Rollback, shown: bytes, players: Players) -> history.ApproveRollbackRequest:
    return history.ApproveRollbackRequest(rollback_id=one.id, diff_hash=shown, comment=players.word())
