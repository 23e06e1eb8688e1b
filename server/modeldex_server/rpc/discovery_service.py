"""DiscoveryService: reads the request, calls the room, writes the answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TypeVar

from google.protobuf.message import Message

from modeldex.v1 import discovery_service_pb2 as pb
from modeldex.v1 import model_pb2
from modeldex_server.catalogue.listing import Lister, Position
from modeldex_server.catalogue.past import Historian
from modeldex_server.catalogue.past_listing import PastLister
from modeldex_server.catalogue.reading import Reader
from modeldex_server.catalogue.saving import Saver, request_key
from modeldex_server.catalogue.statistics import count_models
from modeldex_server.discovery import benchmarks
from modeldex_server.discovery.configuration import Change, DiscoveryState
from modeldex_server.discovery.engine import Engine
from modeldex_server.discovery.status import StatusBoard
from modeldex_server.ledger.changes import Committed
from modeldex_server.rpc import wire
from modeldex_server.rpc.frame.call import Call
from modeldex_server.rpc.instant import InstantModels
from modeldex_server.rpc.paging import PageTokens
from modeldex_server.store.database import Database

Answer = TypeVar("Answer", pb.SaveModelResponse, pb.DeleteModelResponse, pb.UndeleteModelResponse)


@dataclass(frozen=True, slots=True)
class DiscoveryRooms:
    """The rooms behind the service."""

    instant: InstantModels
    reader: Reader
    lister: Lister
    historian: Historian
    past_lister: PastLister
    saver: Saver
    engine: Engine
    state: DiscoveryState
    status: StatusBoard
    database: Database
    tokens: PageTokens


class DiscoveryServicer:
    """The methods of DiscoveryService; what each promises stands in the contract."""

    def __init__(self, rooms: DiscoveryRooms) -> None:
        self._rooms = rooms
        self._reader = rooms.reader
        # Asked first, with the bytes of the request; None sends it the usual way.
        self.instant = {"GetModel": rooms.instant.get}

    async def GetModel(self, request: pb.GetModelRequest, call: Call) -> bytes:
        if request.min_revision:
            await self._reader.reach(request.min_revision, timeout=call.remaining())
        if request.WhichOneof("as_of"):
            return await self._model_then(request, call)
        entries = self._rooms.instant.entries((request.id,))
        found = await self._reader.find(request.id, call.scope)
        answer = wire.model_field(found.data) + wire.revision_field(self._reader.revision)
        if found.stale:
            answer += wire.STALE
        if not request.include_raw_records:
            self._rooms.instant.keep(entries, {request.id: found})
            return answer
        records = await self._reader.raw_records(request.id)
        return answer + pb.GetModelResponse(raw_records=records).SerializeToString()

    async def BatchGetModels(self, request: pb.BatchGetModelsRequest, call: Call) -> bytes:
        await self._reader.reach(request.min_revision, timeout=call.remaining())
        ids = list(request.ids)
        fields = self._rooms.instant.fields(ids, call.scope)
        rest = pb.BatchGetModelsResponse()
        if fields is None:
            entries = self._rooms.instant.entries(ids)
            models = await self._reader.get_batch(ids, call.scope)
            self._rooms.instant.keep(entries, models)
            fields = [wire.model_field(models[model_id].data) for model_id in ids if model_id in models]
            rest.missing_ids.extend(model_id for model_id in ids if model_id not in models)
            rest.stale_ids.extend(model_id for model_id, found in models.items() if found.stale)
        rest.revision = self._reader.revision
        return b"".join((*fields, rest.SerializeToString()))

    async def ListModels(self, request: pb.ListModelsRequest, call: Call) -> bytes:
        await self._reader.reach(request.min_revision, timeout=call.remaining())
        tokens, last, as_of = self._rooms.tokens, None, None
        if (cursor := tokens.cursor_of(request, call.scope)) is not None:
            last, as_of = Position(cursor.sort_value, cursor.id), cursor.as_of
        elif request.WhichOneof("as_of"):
            as_of = await self._revision_of(request)
        if as_of is None:
            page = await self._rooms.lister.page(request, last, call.scope)
        else:
            page = await self._rooms.past_lister.page(request, as_of, last, call.scope)
        token = ""
        if page.next is not None:
            token = tokens.token_after(request, page.next.sort_value, page.next.id, call.scope, as_of=as_of)
        rest = pb.ListModelsResponse(
            next_page_token=token, total_size=page.total_size, revision=page.revision, as_of_revision=as_of or 0
        )
        return b"".join((*map(wire.model_field, page.models), rest.SerializeToString()))

    async def SaveModel(self, request: pb.SaveModelRequest, call: Call) -> pb.SaveModelResponse:
        call.principal.require_model(request.model.id)
        committed = await self._rooms.saver.save(request, by=call.principal.name, timeout=call.remaining())
        return await self._written(pb.SaveModelResponse(), committed)

    async def DeleteModel(self, request: pb.DeleteModelRequest, call: Call) -> pb.DeleteModelResponse:
        call.principal.require_model(request.id)
        committed = await self._rooms.saver.delete(request, by=call.principal.name, timeout=call.remaining())
        return await self._written(pb.DeleteModelResponse(), committed)

    async def UndeleteModel(self, request: pb.UndeleteModelRequest, call: Call) -> pb.UndeleteModelResponse:
        call.principal.require_model(request.id)
        committed = await self._rooms.saver.undelete(request, by=call.principal.name, timeout=call.remaining())
        return await self._written(pb.UndeleteModelResponse(), committed)

    async def GetModelStats(self, request: pb.GetModelStatsRequest, call: Call) -> pb.GetModelStatsResponse:
        await self._reader.reach(request.min_revision, timeout=call.remaining())
        return await count_models(self._rooms.database, call.scope)

    async def GetModelCapabilities(
        self, request: pb.GetModelCapabilitiesRequest, call: Call
    ) -> pb.GetModelCapabilitiesResponse:
        await self._reader.reach(request.min_revision, timeout=call.remaining())
        answer = await self._reader.capabilities(request.model_id, call.scope)
        answer.revision = self._reader.revision
        return answer

    async def ValidateModelCapabilities(
        self, request: pb.ValidateModelCapabilitiesRequest, call: Call
    ) -> pb.ValidateModelCapabilitiesResponse:
        await self._reader.reach(request.min_revision, timeout=call.remaining())
        answer = await self._reader.check(request.model_id, request.required_capabilities, call.scope)
        answer.revision = self._reader.revision
        return answer

    async def ListModelBenchmarks(
        self, request: pb.ListModelBenchmarksRequest, call: Call
    ) -> pb.ListModelBenchmarksResponse:
        self._rooms.tokens.cursor_of(request, call.scope)
        await self._reader.get(request.model_id, call.scope)
        results = benchmarks.list_benchmarks(request.model_id)
        return pb.ListModelBenchmarksResponse(benchmarks=results, revision=self._reader.revision)

    async def BenchmarkModel(self, request: pb.BenchmarkModelRequest, call: Call) -> pb.BenchmarkModelResponse:
        await self._reader.get(request.model_id, call.scope)
        result = benchmarks.run_benchmark(request.model_id)
        return pb.BenchmarkModelResponse(benchmark=result, revision=self._reader.revision)

    async def RefreshProvider(self, request: pb.RefreshProviderRequest, call: Call) -> pb.RefreshProviderResponse:
        call.principal.require_provider(request.provider_id)
        result = await self._rooms.engine.refresh_one(request.provider_id)
        await self._reader.reach(result.committed_revision, timeout=call.remaining())
        return pb.RefreshProviderResponse(result=result, revision=self._reader.revision)

    async def RefreshProviders(self, request: pb.RefreshProvidersRequest, call: Call) -> None:
        wanted = list(dict.fromkeys(request.provider_ids))
        for provider_id in wanted:
            call.principal.require_provider(provider_id)
        async for result in self._rooms.engine.refresh(wanted, call.scope):
            await self._reader.reach(result.committed_revision, timeout=call.remaining())
            await call.write(pb.RefreshProvidersResponse(result=result, revision=self._reader.revision))

    async def GetStatus(self, request: pb.GetStatusRequest, call: Call) -> pb.GetStatusResponse:
        return await self._rooms.status.read(call.scope)

    async def GetConfiguration(self, request: pb.GetConfigurationRequest, call: Call) -> pb.GetConfigurationResponse:
        stored = await self._rooms.state.read()
        return pb.GetConfigurationResponse(
            configuration=self._rooms.state.in_force(stored),
            version=stored.version,
            fixed_fields=self._rooms.state.fixed_fields,
            revision=self._reader.revision,
        )

    async def UpdateConfiguration(
        self, request: pb.UpdateConfigurationRequest, call: Call
    ) -> pb.UpdateConfigurationResponse:
        fields = list(request.update_mask.paths) or [field.name for field, _ in request.configuration.ListFields()]
        expected = request.expected_version if request.HasField("expected_version") else None
        change = _change(request, call, "UpdateConfiguration")
        answer = await self._rooms.state.update(request.configuration, fields, expected, change)
        answer.revision = self._reader.revision
        return answer

    async def StartDiscovery(self, request: pb.StartDiscoveryRequest, call: Call) -> pb.StartDiscoveryResponse:
        await self._rooms.state.set_running(True, _change(request, call, "StartDiscovery"))
        state = await self._rooms.status.discovery_state(call.scope)
        return pb.StartDiscoveryResponse(state=state, revision=self._reader.revision)

    async def StopDiscovery(self, request: pb.StopDiscoveryRequest, call: Call) -> pb.StopDiscoveryResponse:
        await self._rooms.state.set_running(False, _change(request, call, "StopDiscovery"))
        state = await self._rooms.status.discovery_state(call.scope)
        return pb.StopDiscoveryResponse(state=state, revision=self._reader.revision)

    async def _model_then(self, request: pb.GetModelRequest, call: Call) -> bytes:
        revision = await self._revision_of(request)
        past = await self._rooms.historian.get(request.id, revision, call.scope)
        rest = pb.GetModelResponse(revision=past.head, as_of_revision=revision)
        return wire.model_field(past.model) + rest.SerializeToString()

    async def _revision_of(self, request: pb.GetModelRequest | pb.ListModelsRequest) -> int:
        """The revision that a request for the past names, itself or by a time."""
        if request.HasField("as_of_revision"):
            return request.as_of_revision
        return await self._rooms.historian.revision_at(request.as_of_time.ToDatetime(UTC))

    async def _written(self, answer: Answer, committed: Committed) -> Answer:
        answer.MergeFromString(committed.answer)
        answer.revision = committed.revision or self._reader.revision
        if not isinstance(answer, pb.DeleteModelResponse) and committed.answer_model is not None:
            data = await self._reader.get_version(*committed.answer_model)
            answer.model.CopyFrom(model_pb2.Model.FromString(data))
            # What is there already may be of another replica, and newer than what this one has heard of.
            answer.revision = max(answer.revision, answer.model.revision)
        return answer


def _change(request: Message, call: Call, method: str) -> Change:
    reason: str = request.reason  # type: ignore[attr-defined] # every request that changes the state has both
    request_id: str = request.request_id  # type: ignore[attr-defined]
    return Change(call.principal.name, method, reason, request_key(request, request_id))
