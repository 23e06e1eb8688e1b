"""What chance may have left out: every refusal and every end of a rollback once, when nothing breaks and nobody else
acts."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import Message

from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import history_pb2
from modeldex.v1 import history_service_pb2 as history
from support.history_story.actors.calling import ADMIN, BREAKER, LISTED, OWN, READER, SCOPED, SOON, STILL, Players
from support.models import plain

_MODEL = f"{OWN}/model-0"
_REQUESTER, _OTHER, _JUDGES = "both", "writer-1", ("judge-1", "judge-2")
_NEVER = 1_000_000  # a version that no model has


async def act_out(players: Players) -> None:
    """Be refused for every reason, and end rollbacks in every way. The model of a caller is 16,000 wide at last."""
    scene = _Scene(players)
    await scene.write()
    await scene.pin()
    await scene.roll_back()


@dataclass
class _Scene:
    players: Players

    async def ask(self, who: str, request: Message) -> Any:
        return await self.players.ask(who, request, self.players.stage.chance(self.players.word()))

    async def save(self, window: int, *, who: str = _OTHER, model_id: str = _MODEL, **more: Any) -> Any:
        model = plain(model_id, "a")
        model.context_window = window
        return await self.ask(who, discovery.SaveModelRequest(model=model, reason=self.players.word(), **more))

    async def write(self) -> None:
        """Delete, bring back, read what is not there, and save without a right to."""
        await self.save(8_000)
        await self.ask(_OTHER, discovery.DeleteModelRequest(id=_MODEL))
        await self.ask(READER, discovery.GetModelRequest(id=_MODEL, min_revision=self.players.head))
        await self.ask(_OTHER, discovery.UndeleteModelRequest(id=_MODEL))
        await self.save(4_000, expected_version=_NEVER)
        once = self.players.word()
        for window in (16_000, 4_000):
            await self.save(window, request_id=once)
        await self.save(4_000, who=READER)
        await self.save(4_000, who=SCOPED, model_id=f"{STILL}/model-0")
        await self.save(4_000, model_id=await self.listed())

    async def pin(self) -> None:
        """Pin and unpin what a source lists, and what none does; and let pins end by themselves."""
        listed = await self.listed()
        await self.ask(_OTHER, history.PinModelRequest(model_id=listed, reason=self.players.word()))
        for _ in range(2):
            await self.ask(_OTHER, history.UnpinModelRequest(model_id=listed, reason=self.players.word()))
        await self.ask(_OTHER, history.PinModelRequest(model_id=_MODEL, reason=self.players.word()))
        for at in (1, 2):
            pinning = history.PinModelRequest(model_id=await self.listed(at), reason=self.players.word())
            pinning.expire_time.FromNanoseconds(int((time.time() + SOON) * 1e9))
            await self.ask(_OTHER, pinning)

    async def listed(self, at: int = 0) -> str:
        """A model that a source lists, at its place among them."""
        wanted = discovery.ListModelsRequest(page_size=at + 1)
        wanted.filter.provider_ids.append(LISTED)
        return str((await self.ask(READER, wanted)).models[at].id)

    async def roll_back(self) -> None:
        """Ask for what is wide to be narrow again, which is breaking, and end that in every way."""
        await self.request(await self.current())
        await self.request(await self.last(history_pb2.MODEL_VERSION_OPERATION_DELETE))
        narrow = await self.narrow()
        await self.request(narrow, who=BREAKER, break_glass=True)
        waiting = await self.request(await self.narrow())
        await self.request(narrow)
        await self.approve(waiting, _REQUESTER)
        await self.approve(waiting, _JUDGES[0], shown=bytes(32))
        await self.ask(_OTHER, history.CancelRollbackRequest(rollback_id=waiting.id, reason=self.players.word()))
        for judge in _JUDGES:
            await self.approve(waiting, judge)
        await self.reject(waiting)
        stale = await self.request(await self.narrow())
        await self.save(8_000)
        for judge in _JUDGES:
            await self.approve(stale, judge)
        await self.reject(await self.request(await self.narrow()))
        cancelled = await self.request(await self.narrow())
        await self.ask(ADMIN, history.CancelRollbackRequest(rollback_id=cancelled.id, reason=self.players.word()))
        await self.request(await self.narrow())  # and let it expire

    async def narrow(self) -> int:
        """Make the model narrow, then wide; the version in which it is narrow."""
        await self.save(4_000)
        narrow = await self.current()
        await self.save(16_000)
        return narrow

    async def versions(self) -> list[history_pb2.ModelVersion]:
        """Those of the model, newest first."""
        answer = await self.ask(READER, history.ListModelVersionsRequest(model_id=_MODEL, page_size=500))
        return list(answer.versions)

    async def current(self) -> int:
        return (await self.versions())[0].version

    async def last(self, operation: history_pb2.ModelVersionOperation) -> int:
        """The last version that such an operation made."""
        return next(one.version for one in await self.versions() if one.operation == operation)

    async def request(self, target: int, *, who: str = _REQUESTER, break_glass: bool = False) -> Any:
        """What became of a request; None where it was refused."""
        wanted = history.RequestRollbackRequest(
            model_id=_MODEL, target_version=target, reason=self.players.word(), break_glass=break_glass
        )
        answer = await self.ask(who, wanted)
        return answer.rollback if answer is not None else None

    async def reject(self, one: history_pb2.Rollback) -> None:
        await self.ask(_JUDGES[0], history.RejectRollbackRequest(rollback_id=one.id, reason=self.players.word()))

    async def approve(self, one: history_pb2.Rollback, who: str, *, shown: bytes = b"") -> None:
        """Approve of the diff that the request shows, or of another one."""
        await self.ask(
            who,
            history.ApproveRollbackRequest(
                rollback_id=one.id, diff_hash=shown or one.diff.hash, comment=self.players.word()
            ),
        )
