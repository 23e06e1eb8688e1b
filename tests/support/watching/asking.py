"""Requests of watches, and the calls that tests of watches make beside them."""

from __future__ import annotations

import urllib.request
from typing import Any

from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import model_pb2
from modeldex.v1 import subscriber_service_pb2 as api
from modeldex.v1 import update_pb2 as pb
from support.api import Api
from support.models import plain
from support.watching.recording import watching


def after(revision: int, **fields: Any) -> api.WatchRequest:
    """A watch that begins after a revision. `fields`: of the request, and of its options."""
    return _request(api.WatchOptions(after_revision=revision), fields)


def resuming(token: str, **fields: Any) -> api.WatchRequest:
    """A watch that continues."""
    return _request(api.WatchOptions(resume_token=token), fields)


def from_snapshot(**fields: Any) -> api.WatchRequest:
    """A watch that begins with a snapshot."""
    return _request(api.WatchOptions(initial_snapshot=True), fields)


def from_now(**fields: Any) -> api.WatchRequest:
    """A watch that begins with what comes."""
    return _request(api.WatchOptions(), fields)


def _request(options: api.WatchOptions, fields: dict[str, Any]) -> api.WatchRequest:
    own = {name: fields.pop(name) for name in ("filters", "models") if name in fields}
    for name, value in fields.items():
        if name in ("max_batch_delay", "bookmark_interval"):
            getattr(options, name).FromMilliseconds(round(value * 1000))
        else:
            setattr(options, name, value)
    return api.WatchRequest(options=options, **own)


async def history(caller: Api, through: int) -> list[pb.UpdateEvent]:
    """Every update from the first to a revision, read by a stream without filters."""
    async with watching(caller, after(0)) as recorder:
        await recorder.through(through)
    return [update for update in recorder.updates if update.revision <= through]


async def save(caller: Api, model_id: str, name: str = "", **fields: Any) -> int:
    """Save a model; the revision."""
    request = discovery.SaveModelRequest(model=plain(model_id, name, **fields))
    return int((await caller.discovery.SaveModel(request, timeout=20)).revision)


async def delete(caller: Api, model_id: str) -> int:
    """Delete a model; the revision."""
    return int((await caller.discovery.DeleteModel(discovery.DeleteModelRequest(id=model_id), timeout=20)).revision)


async def listed(caller: Api, wanted: discovery.ModelFilter | None = None) -> list[model_pb2.Model]:
    """What ListModels gives, all pages."""
    found: list[model_pb2.Model] = []
    token = ""
    while True:
        request = discovery.ListModelsRequest(filter=wanted, page_size=500, page_token=token)
        answer = await caller.discovery.ListModels(request, timeout=20)
        found += answer.models
        token = answer.next_page_token
        if not token:
            return found


def metric(url: str, name: str) -> float:
    """A number that a server tells of itself."""
    with urllib.request.urlopen(url, timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    return next(float(line.rpartition(" ")[2]) for line in lines if line.startswith(f"{name} "))
