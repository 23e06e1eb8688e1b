"""How actors call: as principals with rights of their own, on either replica, some of them twice."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from dataclasses import dataclass, field
from typing import Any

from google.protobuf.message import Message

from modeldex.v1 import history_service_pb2 as history
from support.history_story.story import END
from support.principals import TokensFile
from support.robustness.stage import Refused, Stage

OWN, STILL = "own", "still"  # providers whose models callers save, those of the second now and then
LISTED, FAR = "random", "far"  # and whose models the source lists
MODELS = 6  # of each
SOON = 5.0  # seconds, after which pins end by themselves at the latest
IDS = [f"{provider}/model-{at}" for provider in (OWN, STILL, LISTED, FAR) for at in range(MODELS)]
WRITERS, JUDGES = ("writer-1", "writer-2", "both"), ("judge-1", "judge-2", "judge-3", "both")
BREAKER, SCOPED, READER, ADMIN = "breaker", "scoped", "reader", "admin"
# Their roles. "": whoever writes down what the log holds.
_ROLES: dict[str, tuple[str, ...]] = {
    "": ("admin", "approver"),
    END: ("admin", "approver"),
    "writer-1": ("writer",),
    "writer-2": ("writer",),
    "both": ("writer", "approver"),
    "judge-1": ("approver",),
    "judge-2": ("approver",),
    "judge-3": ("approver",),
    BREAKER: ("writer", "break_glass"),
    SCOPED: ("writer", "approver"),
    READER: ("reader",),
    ADMIN: ("admin",),
}
# What others, or a fault, may do to a call. Nothing else may happen: no bad argument, and nothing unforeseen.
_EXPECTED = {
    "NOT_FOUND", "FAILED_PRECONDITION", "UNAVAILABLE", "CANCELLED", "DEADLINE_EXCEEDED", "ABORTED", "PERMISSION_DENIED",
    "ALREADY_EXISTS",
}  # fmt: skip


def enrol(file: TokensFile) -> dict[str, str]:
    """The tokens of all by their names. The scoped one has a right to one provider."""
    return {
        name: file.add(name or "root", *roles, **({"providers": [OWN]} if name == SCOPED else {}))
        for name, roles in _ROLES.items()
    }


@dataclass
class Players:
    """What the actors of a run share: the stage, and what they saw last."""

    stage: Stage
    head: int = 1  # the last revision that anybody was told of
    calls: int = 0
    finished: list[history.GetRollbackRequest] = field(default_factory=list)
    _words: Any = field(default_factory=lambda: itertools.count(1))

    def word(self) -> str:
        """What no other request says."""
        return f"word {next(self._words)}"

    async def ask(self, who: str, request: Message, chance: random.Random) -> Any:
        """The answer, from either replica; None where it failed in a way that may be."""
        self.calls += 1
        try:
            answer = await self.stage.ask(who, chance.randrange(len(self.stage.replicas)), request)
        except Refused as refused:
            if refused.problem.code.name not in _EXPECTED and not _is_late(request):
                raise
            return None
        self.head = max(self.head, getattr(answer, "revision", 0))
        return answer

    async def ask_once(self, who: str, request: Any, chance: random.Random) -> Any:
        """The same for a request that may be sent again: at the same time, and once it is over."""
        if chance.random() < 0.5:
            request.request_id = request.reason if "reason" in request.DESCRIPTOR.fields_by_name else self.word()
        answer = await self.ask(who, request, chance)
        if request.request_id and chance.random() < 0.4:
            await asyncio.gather(*(self.ask(who, request, chance) for _ in range(2)))
            if chance.random() < 0.3:
                other = type(request)()
                other.CopyFrom(request)
                _alter(other, self.word())
                await self.ask(who, other, chance)
        return answer

    async def rest(self, chance: random.Random, pause: float) -> None:
        """Do nothing for about so many seconds."""
        await asyncio.sleep(chance.uniform(0, 2 * pause))

    @property
    def over(self) -> bool:
        """Whether actors are to end."""
        return self.stage.ending.is_set()


def _is_late(request: Message) -> bool:
    """Whether a pin was to end before it was set, by the time that it came."""
    return isinstance(request, history.PinModelRequest) and request.expire_time.ToNanoseconds() / 1e9 < time.time()


def _alter(request: Any, word: str) -> None:
    """Make another request of it."""
    for name in ("reason", "comment"):
        if name in request.DESCRIPTOR.fields_by_name:
            setattr(request, name, word)


async def versions_of(players: Players, who: str, model_id: str, chance: random.Random) -> list[Any]:
    """The newest versions of a model, newest first."""
    request = history.ListModelVersionsRequest(model_id=model_id, page_size=20)
    answer = await players.ask(who, request, chance)
    return list(answer.versions) if answer is not None else []
