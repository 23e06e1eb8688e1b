"""A method of the contract: what the frame has to know of it, read once from its descriptor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
from google.protobuf.descriptor_pb2 import MethodOptions
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from modeldex_server.rpc.frame.status import clip
from modeldex_server.security.roles import REQUIRED, Role

# What may take minutes.
_LENGTHY = (
    "RefreshProvider",
    "RefreshProviders",
    "RefreshProviderEntries",
    "CleanupSubscriptions",
    "CleanupCache",
    "ClearCache",
    "Invalidate",
    "CleanupHistory",
)
# Streams that live until their caller ends them.
_ENDLESS = "Watch"
# Answered before the catalogue is loaded: their answers say that it is not.
_ALWAYS = ("GetStatus", "GetSubscriberHealth", "GetCacheStats")
# Fields that say what a request is about, for the log.
_SUBJECTS = (
    "id",
    "model_id",
    "provider_id",
    "subscription_id",
    "client_id",
    "namespace",
    "key",
    "rule_id",
    "rollback_id",
)
_SUBJECT_BYTES = 200


@dataclass(frozen=True, slots=True)
class Limits:
    """How long calls without a deadline may take."""

    call: timedelta = timedelta(seconds=10)
    lengthy: timedelta = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Method:
    """One method. `limit` is in seconds, None for a stream that may stay open; `long` calls are not begun while the
    server goes."""

    path: str
    service: str
    name: str
    request: type[Message]
    role: Role
    streaming: bool
    writes: bool
    long: bool
    always: bool
    limit: float | None

    @property
    def label(self) -> str:
        """Its name for people: "DiscoveryService.GetModel"."""
        return f"{self.service.rpartition('.')[2]}.{self.name}"


def methods(service: ServiceDescriptor, limits: Limits) -> Iterator[Method]:
    """The methods of a service. KeyError where `security/roles.py` does not name the role of one."""
    for descriptor in service.methods:
        yield Method(
            path=f"/{service.full_name}/{descriptor.name}",
            service=service.full_name,
            name=descriptor.name,
            request=GetMessageClass(descriptor.input_type),
            role=REQUIRED[f"{service.full_name}/{descriptor.name}"],
            streaming=descriptor.server_streaming,
            writes=not _has_no_side_effects(descriptor),
            long=descriptor.name in _LENGTHY or descriptor.server_streaming,
            always=descriptor.name in _ALWAYS,
            limit=_limit(descriptor, limits),
        )


def _limit(method: MethodDescriptor, limits: Limits) -> float | None:
    if method.name.startswith(_ENDLESS):
        return None
    return (limits.lengthy if method.name in _LENGTHY else limits.call).total_seconds()


def _has_no_side_effects(method: MethodDescriptor) -> bool:
    level: int = method.GetOptions().idempotency_level
    return level == MethodOptions.NO_SIDE_EFFECTS


def subjects(request: type[Message]) -> Callable[[Message], dict[str, str]]:
    """What tells for the log which resources a request is about. Nothing else of a request is logged."""
    fields = [name for name in _SUBJECTS if name in request.DESCRIPTOR.fields_by_name]
    has_model, has_entry = (name in request.DESCRIPTOR.fields_by_name for name in ("model", "entry"))

    def read(message: Message) -> dict[str, str]:
        found = {name: clip(value, _SUBJECT_BYTES) for name in fields if (value := getattr(message, name))}
        if has_model:
            found["model_id"] = clip(message.model.id, _SUBJECT_BYTES)  # type: ignore[attr-defined] # by its descriptor
        if has_entry:
            found["namespace"] = clip(message.entry.namespace, _SUBJECT_BYTES)  # type: ignore[attr-defined]
            found["key"] = clip(message.entry.key, _SUBJECT_BYTES)  # type: ignore[attr-defined]
        return {"model_id" if name == "id" else name: value for name, value in found.items()}

    return read
