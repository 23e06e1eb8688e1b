"""Questions to DiscoveryService and to ProviderService."""

from __future__ import annotations

from typing import Any

from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import model_pb2, provider_pb2
from modeldex.v1 import provider_service_pb2 as provider
from support.models import plain
from support.questions.words import OPEN, Questions


def _paged(kind: type[Message], **fields: Any) -> list[Message]:
    return [kind(include_total_size=True, **fields), kind(page_size=1, **fields)]


def _saved(name: str) -> model_pb2.Model:
    return plain(f"{name}/private-of-another")


CATALOGUE: Questions = {
    "GetModel": lambda name: [
        discovery.GetModelRequest(id=f"{name}/one"),
        discovery.GetModelRequest(id=f"{name}/one", include_raw_records=True),
        discovery.GetModelRequest(id=f"{name}/private-1"),
        discovery.GetModelRequest(id=f"{OPEN}/one", include_raw_records=True),
        discovery.GetModelRequest(id=f"{name}/one", as_of_revision=1),
        discovery.GetModelRequest(id=f"{name}/one", as_of_time=Timestamp(seconds=1)),
    ],
    "BatchGetModels": lambda name: [
        discovery.BatchGetModelsRequest(ids=[f"{name}/one", f"{OPEN}/one", f"{name}/private-1", f"{OPEN}/two"]),
        discovery.BatchGetModelsRequest(ids=[f"{name}/one"]),
        discovery.BatchGetModelsRequest(ids=[f"{OPEN}/one"]),
    ],
    "ListModels": lambda name: [
        *_paged(discovery.ListModelsRequest),
        *_paged(discovery.ListModelsRequest, filter=discovery.ModelFilter(provider_ids=[name])),
        *_paged(discovery.ListModelsRequest, filter=discovery.ModelFilter(provider_ids=[name, OPEN])),
        *_paged(discovery.ListModelsRequest, filter=discovery.ModelFilter(query=name)),
        *_paged(
            discovery.ListModelsRequest,
            filter=discovery.ModelFilter(include_deleted=True, include_unlisted=True),
            sort_field=discovery.MODEL_SORT_FIELD_REVISION,
            descending=True,
        ),
        *_paged(discovery.ListModelsRequest, as_of_revision=1),
        *_paged(
            discovery.ListModelsRequest,
            filter=discovery.ModelFilter(include_deleted=True, provider_ids=[name, OPEN]),
            as_of_revision=1,
        ),
    ],
    "SaveModel": lambda name: [
        discovery.SaveModelRequest(model=_saved(name)),
        discovery.SaveModelRequest(model=plain(f"{name}/one")),
        discovery.SaveModelRequest(model=_saved(name), expected_version=7),
    ],
    "DeleteModel": lambda name: [
        discovery.DeleteModelRequest(id=f"{name}/one"),
        discovery.DeleteModelRequest(id=f"{name}/private-1"),
    ],
    "UndeleteModel": lambda name: [
        discovery.UndeleteModelRequest(id=f"{name}/one"),
        discovery.UndeleteModelRequest(id=f"{name}/private-1"),
    ],
    "GetModelStats": lambda _: [discovery.GetModelStatsRequest()],
    "GetModelCapabilities": lambda name: [discovery.GetModelCapabilitiesRequest(model_id=f"{name}/one")],
    "ValidateModelCapabilities": lambda name: [
        discovery.ValidateModelCapabilitiesRequest(model_id=f"{name}/one", required_capabilities=["vision"])
    ],
    "ListModelBenchmarks": lambda name: [discovery.ListModelBenchmarksRequest(model_id=f"{name}/one")],
    "BenchmarkModel": lambda name: [discovery.BenchmarkModelRequest(model_id=f"{name}/one")],
    "RefreshProvider": lambda name: [discovery.RefreshProviderRequest(provider_id=name)],
    "RefreshProviders": lambda name: [
        discovery.RefreshProvidersRequest(),
        discovery.RefreshProvidersRequest(provider_ids=[name]),
        discovery.RefreshProvidersRequest(provider_ids=[OPEN, name]),
    ],
    "GetStatus": lambda _: [discovery.GetStatusRequest()],
    "GetConfiguration": lambda _: [discovery.GetConfigurationRequest()],
    "UpdateConfiguration": lambda _: [
        discovery.UpdateConfigurationRequest(configuration=discovery.DiscoveryConfiguration(removal_threshold=2))
    ],
    "StartDiscovery": lambda _: [discovery.StartDiscoveryRequest()],
    "StopDiscovery": lambda _: [discovery.StopDiscoveryRequest()],
    "GetProvider": lambda name: [provider.GetProviderRequest(id=name)],
    "ListProviders": lambda _: [
        *_paged(provider.ListProvidersRequest),
        *_paged(provider.ListProvidersRequest, statuses=[provider_pb2.PROVIDER_STATUS_ERROR]),
    ],
}
