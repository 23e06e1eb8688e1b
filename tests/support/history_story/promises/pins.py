"""What is promised of pins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from modeldex.v1 import history_pb2, model_pb2
from modeldex_server.ledger.diff import leaves
from modeldex_server.ledger.documents import canonical
from support.history_story.story import Story, facts, seconds

HISTORY, DISCOVERY = "history", "discovery"
UNPIN = history_pb2.MODEL_VERSION_OPERATION_UNPIN
DELETE = history_pb2.MODEL_VERSION_OPERATION_DELETE
_SWEPT = 10.0  # seconds after which a pin that expired is gone; a replica looks every second


def rollback_survives_refresh(story: Story) -> Iterator[str]:
    """No refresh changes what is pinned, whole or in parts, and none takes a pin away; and what is pinned in parts is
    what the pin says, in every version."""
    for model_id, chain in story.versions.items():
        for before, after in pairwise(chain):
            if after.source_id and before.pins:
                yield from _refreshed(story, model_id, before, after)
        for version in chain:
            document = story.document(model_id, version.version)
            if document is not None:
                yield from _held(model_id, version, document)


def _refreshed(
    story: Story, model_id: str, before: history_pb2.ModelVersion, after: history_pb2.ModelVersion
) -> Iterator[str]:
    name = f"{model_id} {after.version}"
    was, now = (story.document(model_id, one.version) for one in (before, after))
    if _is_saved(before):
        # What a caller saved is pinned while a source lists it; who does is told beside.
        was, now = _without_listing(was), _without_listing(now)
        ended = not after.pins and not (story.document(model_id, after.version) or model_pb2.Model()).listed_by
    else:
        ended = after.operation == DELETE
    if facts(was) != facts(now) and any(not pin.path for pin in before.pins):
        yield f"{name} is a refresh of a model that was pinned whole"
    if not ended and _alike(before.pins) != _alike(after.pins):
        yield f"{name} is a refresh that changed pins"


def _is_saved(version: history_pb2.ModelVersion) -> bool:
    return any(not pin.path and pin.principal == DISCOVERY for pin in version.pins)


def _without_listing(model: model_pb2.Model | None) -> model_pb2.Model | None:
    if model is None:
        return None
    document = model_pb2.Model()
    document.CopyFrom(model)
    document.ClearField("listed_by")
    document.ClearField("unlisted")
    return document


def _held(model_id: str, version: history_pb2.ModelVersion, document: model_pb2.Model) -> Iterator[str]:
    known = leaves(canonical(document))
    for pin in version.pins:
        if not pin.path:
            continue
        held = {fact.path: fact.new_value.SerializeToString(deterministic=True) for fact in pin.facts}
        found = {
            path: value.SerializeToString(deterministic=True) for path, value in known.items() if _under(path, pin.path)
        }
        if held != found:
            yield f"{model_id} {version.version} is not as its pin of {pin.path} holds it"


def pins_end(story: Story) -> Iterator[str]:
    """A pin ends by itself once and not before its time, and none outlives it."""
    for model_id, chain in story.versions.items():
        for before, after in pairwise(chain):
            if after.principal != HISTORY:
                continue
            now = story.time_of(after.revision)
            gone = [pin for pin in before.pins if _alike([pin])[0] not in _alike(after.pins)]
            if after.operation not in (UNPIN, DELETE) or not gone:
                yield f"{model_id} {after.version} is of {HISTORY}, and ends no pin"
            for pin in gone:
                if not pin.HasField("expire_time") or seconds(pin.expire_time) > now:
                    yield f"{model_id} {after.version} ended a pin of {pin.path!r} before its time"
        # Those of the parts of a model that left wait until it comes back.
        for pin in chain[-1].pins if chain and chain[-1].operation != DELETE else ():
            if pin.HasField("expire_time") and seconds(pin.expire_time) < _over(story) - _SWEPT:
                yield f"{model_id} has a pin of {pin.path!r} that expired"


def _over(story: Story) -> float:
    return max((story.wall(call.at) for call in story.calls), default=0.0)


def _alike(pins: Sequence[history_pb2.ModelPin]) -> list[bytes]:
    return [pin.SerializeToString(deterministic=True) for pin in pins]


def _under(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith((f"{prefix}.", f"{prefix}["))
