# Written by scripts/unasync.py from _async/history.py; edit that one.
"""The history: what models were, what changed and who changed it, pins, rollbacks, the audit trail."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from modeldex.v1 import history_service_pb2 as pb
from modeldex.v1.history_pb2 import (
    AuditEvent,
    ChangeClass,
    ModelChange,
    ModelDiff,
    ModelPin,
    ModelVersion,
    ModelVersionOperation,
)
from modeldex_client import _history, _requests
from modeldex_client._sync.calling import Caller
from modeldex_client._sync.pager import Pager
from modeldex_client._sync.rollbacks import Rollbacks

if TYPE_CHECKING:
    from modeldex.v1.history_service_pb2_grpc import HistoryServiceStub
    from modeldex.v1.update_pb2 import FieldChangeOperation

CLEANUP_SECONDS = 600.0  # as long as the server lets a cleanup run


class History:
    """The versions of models, and what is done with them.

    Every method takes `timeout`, in seconds; None is the client's. Reads take `min_revision`, writes `request_id`, as
    for models. Those about one model raise ModelNotFound for an id that there never was.
    """

    def __init__(self, caller: Caller, stub: HistoryServiceStub) -> None:
        self._caller = caller
        self._stub = stub

    @cached_property
    def rollbacks(self) -> Rollbacks:
        """Putting earlier versions back, with approval."""
        return Rollbacks(self._caller, self._stub)

    def versions(
        self,
        id: str,
        *,
        operations: Iterable[ModelVersionOperation.ValueType] = (),
        include_models: bool = False,
        page_size: int = 0,
        limit: int | None = None,
        min_revision: int = 0,
        timeout: float | None = None,
    ) -> Pager[ModelVersion, pb.ListModelVersionsResponse]:
        """The versions of a model, newest first, also of a deleted one. Pages as of models.

        Args:
            id: The model.
            operations: Only versions that did one of these; all unless told.
            include_models: With the whole model of each.

        >>> [version.version for version in client.history.versions("acme/one")]
        [1]
        """
        asked = pb.ListModelVersionsRequest(
            model_id=id,
            operations=operations,
            include_models=include_models,
            page_size=_requests.page_size(page_size, limit),
            min_revision=min_revision,
        )

        def fetch(token: str) -> pb.ListModelVersionsResponse:
            request = pb.ListModelVersionsRequest(page_token=token)
            request.MergeFrom(asked)
            return self._caller.call(self._stub.ListModelVersions, request, timeout)

        return Pager(fetch, lambda page: page.versions, limit)

    def version(
        self, id: str, version: int = 0, *, min_revision: int = 0, timeout: float | None = None
    ) -> ModelVersion:
        """One version with the whole model; 0 is the newest. Raises VersionNotFound, VersionPurged.

        >>> first = client.history.version("acme/one", 1)
        >>> first.model.context_window, ModelVersionOperation.Name(first.operation)
        (8000, 'MODEL_VERSION_OPERATION_CREATE')
        """
        request = pb.GetModelVersionRequest(model_id=id, version=version, min_revision=min_revision)
        answer = self._caller.call(self._stub.GetModelVersion, request, timeout)
        return answer.version

    def compare(
        self, id: str, from_version: int, to_version: int = 0, *, min_revision: int = 0, timeout: float | None = None
    ) -> ModelDiff:
        """What differs between two versions, and what that means; 0 leads to the current one.

        Raises VersionNotFound, VersionPurged.

        >>> diff = client.history.compare("acme/one", 1)
        >>> diff.to_version, diff.summary.total_count
        (1, 0)
        """
        request = pb.CompareModelVersionsRequest(
            model_id=id, from_version=from_version, to_version=to_version, min_revision=min_revision
        )
        answer = self._caller.call(self._stub.CompareModelVersions, request, timeout)
        return answer.diff

    def changes(
        self,
        start: datetime | None = None,
        end: datetime | None = None,
        *,
        model_ids: str | Iterable[str] = (),
        provider_ids: str | Iterable[str] = (),
        paths: str | Iterable[str] = (),
        types: Iterable[FieldChangeOperation.ValueType] = (),
        change_classes: Iterable[ChangeClass.ValueType] = (),
        operations: Iterable[ModelVersionOperation.ValueType] = (),
        principals: str | Iterable[str] = (),
        after_revision: int = 0,
        up_to_revision: int = 0,
        page_size: int = 0,
        limit: int | None = None,
        min_revision: int = 0,
        timeout: float | None = None,
    ) -> Pager[ModelChange, pb.ListModelChangesResponse]:
        """What changed across models, newest first, by conditions that all hold. Pages as of models.

        Args:
            start: At this time or later.
            end: Before this time.
            model_ids: Only of these models.
            provider_ids: Only of models of these providers.
            paths: Only at or under these paths: "context_window", "prices", 'capabilities["tool_calling"]'.
            types: Only values that came, went, or were replaced.
            change_classes: Only such: CHANGE_CLASS_BREAKING, for example.
            operations: Only versions that did one of these.
            principals: Only by these.
            after_revision: Only after this revision.
            up_to_revision: Only up to this revision; 0 is the last.

        >>> changes = client.history.changes(model_ids="acme/one")
        >>> [(change.model_id, change.version) for change in changes]
        [('acme/one', 1)]
        """
        asked = pb.ListModelChangesRequest(
            filter=pb.ModelChangeFilter(
                model_ids=_requests.words(model_ids),
                provider_ids=_requests.words(provider_ids),
                paths=_requests.words(paths),
                types=types,
                change_classes=change_classes,
                operations=operations,
                principals=_requests.words(principals),
                start_time=_requests.moment(start),
                end_time=_requests.moment(end),
                after_revision=after_revision,
                up_to_revision=up_to_revision,
            ),
            page_size=_requests.page_size(page_size, limit),
            min_revision=min_revision,
        )

        def fetch(token: str) -> pb.ListModelChangesResponse:
            request = pb.ListModelChangesRequest(page_token=token)
            request.MergeFrom(asked)
            return self._caller.call(self._stub.ListModelChanges, request, timeout)

        return Pager(fetch, lambda page: page.changes, limit)

    def stats(
        self, model_id: str = "", *, min_revision: int = 0, timeout: float | None = None
    ) -> pb.GetVersionStatsResponse:
        """Counts versions and rollbacks; of one model where it is named.

        >>> client.history.stats("acme/one").total_versions
        1
        """
        request = pb.GetVersionStatsRequest(model_id=model_id, min_revision=min_revision)
        return self._caller.call(self._stub.GetVersionStats, request, timeout)

    def pin(
        self,
        id: str,
        fields: _history.Fields = (),
        *,
        reason: str,
        until: datetime | None = None,
        expected_version: int | None = None,
        request_id: str | None = None,
        timeout: float | None = None,
    ) -> pb.PinModelResponse:
        """Holds a model that sources list, or parts of it: no refresh changes what is pinned.

        Args:
            id: The model.
            fields: What to hold: paths, to hold what they are now, or paths with values, where None is unknown. None
                of them is the whole model, as it is.
            reason: Why, for the history.
            until: When the pin ends by itself; never unless told.
            expected_version: Pin only if this is the current version.

        Raises:
            NotListed: No source lists the model, so nothing would change it.
            VersionMismatch: expected_version is not the current version.

        >>> answer = client.history.pin("openai/gpt-4o", {"context_window": 200_000}, reason="as tested")
        >>> answer.model.context_window, [pin.path for pin in answer.pins]
        (200000, ['context_window'])
        """
        request = pb.PinModelRequest(
            model_id=id,
            fields=_history.pinned(fields),
            reason=reason,
            expire_time=_requests.moment(until),
            expected_version=expected_version,
            request_id=_requests.request_id(request_id),
        )
        return self._caller.call(self._stub.PinModel, request, timeout)

    def unpin(
        self,
        id: str,
        paths: str | Iterable[str] = (),
        *,
        reason: str = "",
        expected_version: int | None = None,
        request_id: str | None = None,
        timeout: float | None = None,
    ) -> pb.UnpinModelResponse:
        """Ends pins, and publishes what sources say: those of these paths, where "" is that of the whole model; all
        unless told.

        Raises NotPinned, VersionMismatch.

        >>> answer = client.history.unpin("openai/gpt-4o", reason="tested again")
        >>> answer.model.context_window, len(answer.pins)
        (128000, 0)
        """
        request = pb.UnpinModelRequest(
            model_id=id,
            paths=_requests.words(paths),
            reason=reason,
            expected_version=expected_version,
            request_id=_requests.request_id(request_id),
        )
        return self._caller.call(self._stub.UnpinModel, request, timeout)

    def pins(
        self,
        model_id: str = "",
        *,
        provider_id: str = "",
        page_size: int = 0,
        limit: int | None = None,
        min_revision: int = 0,
        timeout: float | None = None,
    ) -> Pager[ModelPin, pb.ListModelPinsResponse]:
        """The pins in force, by model and path; a page has all of a model. Pages as of models."""
        asked = pb.ListModelPinsRequest(
            model_id=model_id,
            provider_id=provider_id,
            page_size=_requests.page_size(page_size, limit),
            min_revision=min_revision,
        )

        def fetch(token: str) -> pb.ListModelPinsResponse:
            request = pb.ListModelPinsRequest(page_token=token)
            request.MergeFrom(asked)
            return self._caller.call(self._stub.ListModelPins, request, timeout)

        return Pager(fetch, lambda page: page.pins, limit)

    def audit(
        self,
        start: datetime | None = None,
        end: datetime | None = None,
        *,
        principal: str = "",
        methods: str | Iterable[str] = (),
        resource: str = "",
        provider_id: str = "",
        outcomes: str | Iterable[str] = (),
        refused_only: bool = False,
        request_id: str = "",
        page_size: int = 0,
        limit: int | None = None,
        timeout: float | None = None,
    ) -> Pager[AuditEvent, pb.ListAuditEventsResponse]:
        """Who changed what, or tried to, newest first. Pages as of models.

        Args:
            start: At this time or later.
            end: Before this time.
            principal: Only what it did.
            methods: Only calls of these, for example "SaveModel".
            resource: Only about this: the id of a model, a provider, a subscription, a rule, a rollback.
            provider_id: Only about this provider.
            outcomes: Only these, for example "changed" or "PERMISSION_DENIED".
            refused_only: Only what was refused.
            request_id: Only the call with this one.
        """
        asked = pb.ListAuditEventsRequest(
            principal=principal,
            methods=_requests.words(methods),
            resource=resource,
            provider_id=provider_id,
            outcomes=_requests.words(outcomes),
            refused_only=refused_only,
            start_time=_requests.moment(start),
            end_time=_requests.moment(end),
            request_id=request_id,
            page_size=_requests.page_size(page_size, limit),
        )

        def fetch(token: str) -> pb.ListAuditEventsResponse:
            request = pb.ListAuditEventsRequest(page_token=token)
            request.MergeFrom(asked)
            return self._caller.call(self._stub.ListAuditEvents, request, timeout)

        return Pager(fetch, lambda page: page.events, limit)

    def cleanup(
        self, model_id: str = "", *, dry_run: bool = False, timeout: float | None = CLEANUP_SECONDS
    ) -> pb.CleanupHistoryResponse:
        """Purges the documents of old versions now; with `dry_run` it says what would go. The server does so by
        itself, too."""
        request = pb.CleanupHistoryRequest(dry_run=dry_run, model_id=model_id)
        return self._caller.call(self._stub.CleanupHistory, request, timeout)
