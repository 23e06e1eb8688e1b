"""Answers of models put together from bytes that are ready."""

from __future__ import annotations

from modeldex.v1 import discovery_service_pb2 as api
from modeldex_server.wire import delimited, tag, varint

_MODEL = tag(api.GetModelResponse, "model")
_GET_REVISION = tag(api.GetModelResponse, "revision")
STALE = api.GetModelResponse(stale=True).SerializeToString()  # the field of a GetModelResponse
# A model stands in the same field of each of these answers, so its field is written once for all of them.
assert _MODEL == tag(api.BatchGetModelsResponse, "models") == tag(api.ListModelsResponse, "models")


def model_field(model: bytes) -> bytes:
    """A model as the field of a GetModelResponse, or one of a BatchGetModelsResponse or a ListModelsResponse."""
    return delimited(_MODEL, model)


def revision_field(revision: int) -> bytes:
    """The revision of a GetModelResponse."""
    return _GET_REVISION + varint(revision)
