"""What a request is about, for the audit trail. It may be one that no rule was asked about yet, so all is clipped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import Message

from modeldex_server.rpc.frame.status import clip

_RESOURCE_BYTES = 512
_REQUEST_ID_BYTES = 128
_REASON_BYTES = 1024
_NAMED = 20  # of many resources: more would be cut off anyway
# What methods are about whose requests name nothing.
_FIXED = {"UpdateConfiguration": "discovery", "StartDiscovery": "discovery", "StopDiscovery": "discovery"}


@dataclass(frozen=True, slots=True)
class About:
    """What a request is about. `provider_id` is empty where it is about none or about several."""

    resource: str = ""
    provider_id: str = ""
    request_id: str = ""
    reason: str = ""


_Reader = Callable[[Any], tuple[str, str]]  # the resource and the provider


def about(method: str, request: type[Message]) -> Callable[[Any], About]:
    """What tells of a method's requests what they are about."""
    fields = request.DESCRIPTOR.fields_by_name
    read = next(
        (reader for field, reader in _READERS.items() if field in fields), lambda _: (_FIXED.get(method, ""), "")
    )
    has_id = "request_id" in fields
    has_reason = "reason" in fields and fields["reason"].type == fields["reason"].TYPE_STRING

    def tell(message: Any) -> About:
        resource, provider_id = read(message)
        return About(
            _text(resource, _RESOURCE_BYTES),
            _text(provider_id, _RESOURCE_BYTES),
            _text(message.request_id, _REQUEST_ID_BYTES) if has_id else "",
            _text(message.reason, _REASON_BYTES) if has_reason else "",
        )

    return tell


def _text(value: str, limit: int) -> str:
    """A text as the store takes it."""
    return clip(value[:limit].replace("\0", "\N{REPLACEMENT CHARACTER}"), limit)


def _ids(ids: Sequence[str]) -> tuple[str, str]:
    """Models or entries, by ids that begin with their provider."""
    return _list(ids), _only(model_id.partition("/")[0] for model_id in ids)


def _keys(namespace: str, keys: Sequence[str]) -> tuple[str, str]:
    return _list([_entry(namespace, key) for key in keys[:_NAMED]]), _only(key.partition("/")[0] for key in keys)


def _entries(entries: Sequence[Any]) -> tuple[str, str]:
    named = [_entry(entry.namespace, entry.key) for entry in entries[:_NAMED]]
    return _list(named), _only(entry.key.partition("/")[0] for entry in entries)


def _target(request: Any) -> tuple[str, str]:
    namespace, target = request.namespace, request.target
    if target.WhichOneof("target") == "key":
        return _keys(namespace, [target.key])
    return namespace or target.provider_id, target.provider_id


def _entry(namespace: str, key: str) -> str:
    return f"{namespace}/{key}" if namespace else key


def _list(names: Sequence[str]) -> str:
    return ", ".join(names[:_NAMED])


def _only(names: Iterable[str]) -> str:
    found = set(names)
    return found.pop() if len(found) == 1 else ""


# By the field that says it; the first that a request has.
_READERS: dict[str, _Reader] = {
    "subscription_id": lambda request: (request.subscription_id, ""),
    "client_id": lambda request: (f"client {request.client_id}", ""),
    "rule_id": lambda request: (request.rule_id, ""),
    "rollback_id": lambda request: (request.rollback_id, ""),
    "subscription": lambda request: (f"client {request.subscription.client_id}", ""),  # that has no id yet
    "model": lambda request: _ids([request.model.id]),
    "model_id": lambda request: _ids([request.model_id]),
    "id": lambda request: _ids([request.id]),
    "entry": lambda request: _entries([request.entry]),
    "entries": lambda request: _entries(request.entries),
    "keys": lambda request: _keys(request.namespace, request.keys),
    "key": lambda request: _keys(request.namespace, [request.key]),
    "target": _target,
    "provider_id": lambda request: (request.provider_id, request.provider_id),
    "provider_ids": lambda request: (_list(request.provider_ids), _only(request.provider_ids)),
    "updates": lambda request: (f"{len(request.updates)} updates", ""),
    "namespace": lambda request: (request.namespace, ""),
}
