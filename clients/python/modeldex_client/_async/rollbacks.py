"""Rollbacks: requests to put an earlier version of a model back, and what becomes of them."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from modeldex.v1 import history_service_pb2 as pb
from modeldex.v1.history_pb2 import Rollback, RollbackState
from modeldex_client import _history, _requests
from modeldex_client._async.calling import AsyncCaller
from modeldex_client._async.pager import AsyncPager

if TYPE_CHECKING:
    from modeldex.v1.history_service_pb2_grpc import HistoryServiceAsyncStub


class AsyncRollbacks:
    """Putting earlier versions back. A rollback rolls forward: it makes a new version with the document of an earlier.

    `timeout`, `min_revision` and `request_id` are as for models. Those that name a rollback raise RollbackNotFound.
    """

    def __init__(self, caller: AsyncCaller, stub: HistoryServiceAsyncStub) -> None:
        self._caller = caller
        self._stub = stub

    async def request(
        self,
        id: str,
        version: int,
        *,
        reason: str,
        expected_version: int | None = None,
        pin_duration: timedelta | None = None,
        break_glass: bool = False,
        request_id: str | None = None,
        timeout: float | None = None,
    ) -> Rollback:
        """Asks to put a version of a model back. Where the server's policy asks for no approval it is done at once: the
        state is EXECUTED. Else it is PENDING, and `diff` shows what it would change.

        Args:
            id: The model.
            version: The version to put back.
            reason: Why, for the history.
            expected_version: Ask only if this is the current version.
            pin_duration: How long no refresh may undo it, where sources list the model; as the server says unless told.
            break_glass: Without approval. Needs the role break_glass, and everybody who watches is told.

        Raises:
            VersionNotFound, VersionPurged, VersionIsDeletion: There is nothing to put back.
            RollbackChangesNothing: The model is as the version says.
            RollbackPending: Another one waits for approval.
            RollbackDisabled: Rollbacks are switched off.
            VersionMismatch: expected_version is not the current version.
        """
        request = pb.RequestRollbackRequest(
            model_id=id,
            target_version=version,
            reason=reason,
            expected_version=expected_version,
            request_id=_requests.request_id(request_id),
            pin_duration=_requests.span(pin_duration),
            break_glass=break_glass,
        )
        answer = await self._caller.call(self._stub.RequestRollback, request, timeout)
        return answer.rollback

    async def approve(
        self, rollback: Rollback, *, comment: str = "", request_id: str | None = None, timeout: float | None = None
    ) -> Rollback:
        """Approves a rollback as it was seen: by its id and the hash of its diff. The last approval that is needed
        executes it.

        Raises:
            SelfApproval: The caller requested it.
            RollbackDiffMismatch: It has another diff than the one that was seen.
            RollbackFinished, RollbackStale, RollbackExpired: Nothing can be decided any more.
            RollbackDisabled: Rollbacks are switched off.
        """
        request = pb.ApproveRollbackRequest(
            rollback_id=rollback.id,
            diff_hash=rollback.diff.hash,
            comment=comment,
            request_id=_requests.request_id(request_id),
        )
        answer = await self._caller.call(self._stub.ApproveRollback, request, timeout)
        return answer.rollback

    async def reject(
        self, rollback: Rollback | str, *, reason: str, request_id: str | None = None, timeout: float | None = None
    ) -> Rollback:
        """Rejects a rollback, or that of an id, for good. Raises RollbackFinished, RollbackStale, RollbackExpired."""
        request = pb.RejectRollbackRequest(
            rollback_id=_history.id_of(rollback), reason=reason, request_id=_requests.request_id(request_id)
        )
        answer = await self._caller.call(self._stub.RejectRollback, request, timeout)
        return answer.rollback

    async def cancel(
        self,
        rollback: Rollback | str,
        *,
        reason: str = "",
        request_id: str | None = None,
        timeout: float | None = None,
    ) -> Rollback:
        """Takes a rollback back, or that of an id. Raises NotRequester for one of others, unless the caller is an
        admin; RollbackFinished, RollbackStale, RollbackExpired."""
        request = pb.CancelRollbackRequest(
            rollback_id=_history.id_of(rollback), reason=reason, request_id=_requests.request_id(request_id)
        )
        answer = await self._caller.call(self._stub.CancelRollback, request, timeout)
        return answer.rollback

    async def get(self, id: str, *, min_revision: int = 0, timeout: float | None = None) -> Rollback:
        """The rollback of an id."""
        request = pb.GetRollbackRequest(rollback_id=id, min_revision=min_revision)
        answer = await self._caller.call(self._stub.GetRollback, request, timeout)
        return answer.rollback

    def list(
        self,
        start: datetime | None = None,
        end: datetime | None = None,
        *,
        model_id: str = "",
        states: Iterable[RollbackState.ValueType] = (),
        requester: str = "",
        page_size: int = 0,
        limit: int | None = None,
        min_revision: int = 0,
        timeout: float | None = None,
    ) -> AsyncPager[Rollback, pb.ListRollbacksResponse]:
        """The rollbacks that were requested in a span of time, newest first. Pages as of models.

        Args:
            start: Requested at this time or later.
            end: Requested before this time.
            model_id: Only of this model.
            states: Only in one of these: ROLLBACK_STATE_PENDING, for example.
            requester: Only those that this principal asked for.
        """
        asked = pb.ListRollbacksRequest(
            model_id=model_id,
            states=states,
            requester=requester,
            start_time=_requests.moment(start),
            end_time=_requests.moment(end),
            page_size=_requests.page_size(page_size, limit),
            min_revision=min_revision,
        )

        def fetch(token: str) -> Awaitable[pb.ListRollbacksResponse]:
            request = pb.ListRollbacksRequest(page_token=token)
            request.MergeFrom(asked)
            return self._caller.call(self._stub.ListRollbacks, request, timeout)

        return AsyncPager(fetch, lambda page: page.rollbacks, limit)
