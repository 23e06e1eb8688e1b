# Written by scripts/unasync.py from _async/models.py; edit that one.
"""Models: reading, listing, saving."""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from modeldex.v1 import discovery_service_pb2 as pb
from modeldex.v1.model_pb2 import Model, RawRecord
from modeldex_client import _requests
from modeldex_client._sync.calling import Caller
from modeldex_client._sync.pager import Pager

if TYPE_CHECKING:
    from modeldex.v1.discovery_service_pb2_grpc import DiscoveryServiceStub


class Models:
    """The models of the catalogue.

    Every method takes `timeout`, in seconds; None is the client's. Reads take `min_revision`: the answer is current
    through at least that revision, or RevisionNotReached is raised. Writes take `request_id`, a fresh UUID unless told,
    so that they are made once however often they are sent; and `reason`, which stands in the history.
    """

    def __init__(self, caller: Caller, stub: DiscoveryServiceStub) -> None:
        self._caller = caller
        self._stub = stub

    def get(
        self, id: str, *, as_of: datetime | int | None = None, min_revision: int = 0, timeout: float | None = None
    ) -> Model:
        """The model of an id, as it is, or as it was at a time or after a revision. A time without a zone is local.

        Raises ModelNotFound; as of the past FutureTime, FutureRevision and VersionPurged, too.

        >>> model = client.models.get("acme/one")
        >>> model.display_name, model.context_window
        ('One', 8000)
        >>> then = client.models.get("acme/one", as_of=model.revision)
        >>> then.version == model.version
        True
        """
        request = pb.GetModelRequest(id=id, min_revision=min_revision, **_requests.as_of(as_of))
        answer = self._caller.call(self._stub.GetModel, request, timeout)
        return answer.model

    def raw_records(self, id: str, *, min_revision: int = 0, timeout: float | None = None) -> builtins.list[RawRecord]:
        """What each source says of a model, word for word, ordered by source. Raises ModelNotFound."""
        request = pb.GetModelRequest(id=id, min_revision=min_revision, include_raw_records=True)
        answer = self._caller.call(self._stub.GetModel, request, timeout)
        return builtins.list(answer.raw_records)

    def batch_get(
        self, ids: Iterable[str], *, min_revision: int = 0, timeout: float | None = None
    ) -> pb.BatchGetModelsResponse:
        """The models of many ids in their order, and the ids that have none. `timeout` holds for each 1,000 of them.

        The answer is current through the revision it carries, the smallest where it took several calls.

        >>> answer = client.models.batch_get(["acme/one", "acme/none"])
        >>> [model.id for model in answer.models], list(answer.missing_ids)
        (['acme/one'], ['acme/none'])
        """
        joined: pb.BatchGetModelsResponse | None = None
        for batch in _requests.batches(ids):
            request = pb.BatchGetModelsRequest(ids=batch, min_revision=min_revision)
            answer = self._caller.call(self._stub.BatchGetModels, request, timeout)
            if joined is None:
                joined = answer
            else:
                revision = min(joined.revision, answer.revision)
                joined.MergeFrom(answer)
                joined.revision = revision
        return pb.BatchGetModelsResponse() if joined is None else joined

    def list(
        self,
        filter: pb.ModelFilter | None = None,
        *,
        sort_field: pb.ModelSortField.ValueType = pb.MODEL_SORT_FIELD_UNSPECIFIED,
        descending: bool = False,
        page_size: int = 0,
        limit: int | None = None,
        as_of: datetime | int | None = None,
        min_revision: int = 0,
        include_total_size: bool = False,
        timeout: float | None = None,
    ) -> Pager[Model, pb.ListModelsResponse]:
        """The models that match a filter, in a stated order.

        Args:
            filter: Which models; None for all that are shown by default.
            sort_field: What they are ordered by; the id unless told.
            descending: From the largest to the smallest.
            page_size: How many a page holds, at most 500; 0 is 500, or `limit` where that is less.
            limit: How many at most; None for all.
            as_of: A time or a revision to list the models as of; every page is of the same, its `as_of_revision`. None:
                as they are. A time without a zone is local.
            min_revision: Every page is current through at least this revision.
            include_total_size: Count all matches into `total_size` of the first page.
            timeout: The limit for each page.

        >>> filter = ModelFilter(provider_ids=["acme"], capabilities_true=["vision"])
        >>> [model.id for model in client.models.list(filter, limit=10)]
        ['acme/three', 'acme/two']
        >>> page = client.models.list(filter, page_size=1, include_total_size=True).first_page()
        >>> len(page.models), page.total_size
        (1, 2)
        """

        # A copy of its own: the filter may be changed by the caller while pages are asked for.
        asked = pb.ListModelsRequest(
            filter=filter,
            sort_field=sort_field,
            descending=descending,
            page_size=_requests.page_size(page_size, limit),
            min_revision=min_revision,
            **_requests.as_of(as_of),
        )

        def fetch(token: str) -> pb.ListModelsResponse:
            request = pb.ListModelsRequest(page_token=token, include_total_size=include_total_size and not token)
            request.MergeFrom(asked)
            return self._caller.call(self._stub.ListModels, request, timeout)

        return Pager(fetch, lambda page: page.models, limit)

    def save(
        self,
        model: Model,
        *,
        expected_version: int | None = None,
        reason: str = "",
        request_id: str | None = None,
        timeout: float | None = None,
    ) -> pb.SaveModelResponse:
        """Saves a private model whole: creates it, or replaces its document.

        Args:
            model: The model; a field that is absent becomes unknown.
            expected_version: Save only if this is the current version; 0 only if there has never been such a model.

        Raises:
            ManagedBySource: A source lists the id.
            VersionMismatch: expected_version is not the current version.

        >>> answer = client.models.save(Model(id="own/one", display_name="Ours"), reason="for the example")
        >>> answer.model.display_name, answer.model.version
        ('Ours', 1)
        """
        request = pb.SaveModelRequest(
            model=model,
            expected_version=expected_version,
            request_id=_requests.request_id(request_id),
            reason=reason,
        )
        return self._caller.call(self._stub.SaveModel, request, timeout)

    def delete(
        self,
        id: str,
        *,
        expected_version: int | None = None,
        reason: str = "",
        request_id: str | None = None,
        timeout: float | None = None,
    ) -> pb.DeleteModelResponse:
        """Deletes a private model; `undelete` brings it back.

        Raises ModelNotFound, ManagedBySource, VersionMismatch.
        """
        request = pb.DeleteModelRequest(
            id=id, expected_version=expected_version, request_id=_requests.request_id(request_id), reason=reason
        )
        return self._caller.call(self._stub.DeleteModel, request, timeout)

    def undelete(
        self,
        id: str,
        *,
        expected_version: int | None = None,
        reason: str = "",
        request_id: str | None = None,
        timeout: float | None = None,
    ) -> pb.UndeleteModelResponse:
        """Brings a deleted private model back as it was.

        Raises ModelNotFound, ModelNotDeleted, ManagedBySource, VersionMismatch.
        """
        request = pb.UndeleteModelRequest(
            id=id, expected_version=expected_version, request_id=_requests.request_id(request_id), reason=reason
        )
        return self._caller.call(self._stub.UndeleteModel, request, timeout)

    def capabilities(
        self, id: str, *, min_revision: int = 0, timeout: float | None = None
    ) -> pb.GetModelCapabilitiesResponse:
        """What is known of a model's capabilities, its limits and modalities among them. Raises ModelNotFound.

        >>> answer = client.models.capabilities("acme/two")
        >>> answer.capabilities["vision"].flag, answer.sources["vision"]
        (True, 'private')
        """
        request = pb.GetModelCapabilitiesRequest(model_id=id, min_revision=min_revision)
        return self._caller.call(self._stub.GetModelCapabilities, request, timeout)

    def validate(
        self, id: str, required: Iterable[str], *, min_revision: int = 0, timeout: float | None = None
    ) -> pb.ValidateModelCapabilitiesResponse:
        """Says for each required capability whether the model has it, has it not, or nobody knows.

        Raises ModelNotFound, and InvalidRequest for a capability that the vocabulary does not have.

        >>> answer = client.models.validate("acme/two", ["vision", "function_calling"])
        >>> answer.valid, [CapabilityState.Name(check.state) for check in answer.checks]
        (False, ['CAPABILITY_STATE_SUPPORTED', 'CAPABILITY_STATE_UNKNOWN'])
        """
        request = pb.ValidateModelCapabilitiesRequest(
            model_id=id, required_capabilities=required, min_revision=min_revision
        )
        return self._caller.call(self._stub.ValidateModelCapabilities, request, timeout)

    def stats(self, *, min_revision: int = 0, timeout: float | None = None) -> pb.GetModelStatsResponse:
        """Counts the models by provider, capability and stage.

        >>> client.models.stats().models_by_provider["acme"]
        3
        """
        return self._caller.call(self._stub.GetModelStats, pb.GetModelStatsRequest(min_revision=min_revision), timeout)

    def benchmarks(
        self, id: str, *, page_size: int = 0, limit: int | None = None, timeout: float | None = None
    ) -> Pager[pb.ModelBenchmark, pb.ListModelBenchmarksResponse]:
        """The benchmark results of a model, newest first. Pages as in `list`. Raises ModelNotFound."""

        def fetch(token: str) -> pb.ListModelBenchmarksResponse:
            request = pb.ListModelBenchmarksRequest(
                model_id=id, page_size=_requests.page_size(page_size, limit), page_token=token
            )
            return self._caller.call(self._stub.ListModelBenchmarks, request, timeout)

        return Pager(fetch, lambda page: page.benchmarks, limit)

    def benchmark(self, id: str, benchmark_type: str = "", *, timeout: float | None = None) -> pb.ModelBenchmark:
        """Runs a benchmark against a model; "" is "latency". Raises ModelNotFound, BenchmarksDisabled."""
        request = pb.BenchmarkModelRequest(model_id=id, benchmark_type=benchmark_type)
        answer = self._caller.call(self._stub.BenchmarkModel, request, timeout)
        return answer.benchmark
