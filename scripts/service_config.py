"""Prints the service config of gRPC for a descriptor set: `service_config.py generated/descriptor.binpb`.

Calls that failed with UNAVAILABLE are tried again, and only those of methods that the contract says may be repeated:
an `idempotency_level` of NO_SIDE_EFFECTS or IDEMPOTENT. A watch is left to the loop of its caller, which knows where to
go on.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorSet, MethodOptions

_REPEATABLE = (MethodOptions.NO_SIDE_EFFECTS, MethodOptions.IDEMPOTENT)
_RETRY_POLICY = {
    "maxAttempts": 4,
    "initialBackoff": "0.1s",
    "maxBackoff": "2s",
    "backoffMultiplier": 2,
    "retryableStatusCodes": ["UNAVAILABLE"],
}


def repeatable_methods(descriptors: FileDescriptorSet) -> Iterator[dict[str, str]]:
    """The methods that may be called again, as a service config names them."""
    for file in descriptors.file:
        for service in file.service:
            for method in service.method:
                if method.options.idempotency_level in _REPEATABLE and not method.name.startswith("Watch"):
                    yield {"service": f"{file.package}.{service.name}", "method": method.name}


def service_config(descriptors: FileDescriptorSet) -> dict[str, object]:
    """The config: one policy for all methods that may be called again."""
    return {"methodConfig": [{"name": list(repeatable_methods(descriptors)), "retryPolicy": _RETRY_POLICY}]}


if __name__ == "__main__":
    descriptors = FileDescriptorSet.FromString(Path(sys.argv[1]).read_bytes())
    json.dump(service_config(descriptors), sys.stdout, indent=2)
    sys.stdout.write("\n")
