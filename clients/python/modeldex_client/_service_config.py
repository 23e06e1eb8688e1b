"""Which calls gRPC itself tries again: those that the contract says may be repeated.

Not the watches: they begin again by themselves, from where they were and however often it takes. Two who try again
would multiply, and whoever watches would not hear of it.
"""

from __future__ import annotations

import json
from functools import cache

from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.descriptor_pb2 import MethodOptions

from modeldex.v1 import (
    cache_service_pb2,
    discovery_service_pb2,
    history_service_pb2,
    provider_service_pb2,
    subscriber_service_pb2,
)

_FILES = tuple(
    file.DESCRIPTOR
    for file in (
        discovery_service_pb2,
        cache_service_pb2,
        history_service_pb2,
        provider_service_pb2,
        subscriber_service_pb2,
    )
)
_REPEATABLE = (MethodOptions.NO_SIDE_EFFECTS, MethodOptions.IDEMPOTENT)
_WATCHES = "Watch"
_RETRY_POLICY = {
    "maxAttempts": 4,
    "initialBackoff": "0.1s",
    "maxBackoff": "2s",
    "backoffMultiplier": 2,
    "retryableStatusCodes": ["UNAVAILABLE"],
}


@cache
def service_config() -> str:
    """The service config of gRPC, as JSON: it retries on UNAVAILABLE, within the deadline of the call."""
    methods = [
        {"service": service.full_name, "method": method.name}
        for file in _FILES
        for service in file.services_by_name.values()
        for method in service.methods
        if _repeatable(method)
    ]
    return json.dumps({"methodConfig": [{"name": methods, "retryPolicy": _RETRY_POLICY}]})


def _repeatable(method: MethodDescriptor) -> bool:
    if method.name.startswith(_WATCHES):
        return False
    return method.GetOptions().idempotency_level in _REPEATABLE
