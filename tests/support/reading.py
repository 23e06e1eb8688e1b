"""A second reading of models.dev's file: what the contract says of each record, written from the documentation of both.

It shares no code with the source that the server reads it with. It is strict where that one is patient: a word or a
shape that it does not know is an error here, so that a release that says something new is looked at.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from google.protobuf.json_format import MessageToDict

from modeldex.v1 import model_pb2

SOURCE = "models_dev"
Record = Mapping[str, Any]
Document = dict[str, Any]  # a model's document in the JSON of protobuf; what is unknown is absent

# In the order of the contract's enum.
_KINDS = {"text": "TEXT", "image": "IMAGE", "audio": "AUDIO", "video": "VIDEO", "pdf": "DOCUMENT"}
_TAKES = {
    "text": "text_input",
    "image": "vision",
    "audio": "audio_input",
    "video": "video_input",
    "pdf": "document_input",
}
_GIVES = {"text": "text_output", "image": "image_generation", "audio": "audio_output", "video": "video_generation"}
_FLAGS = {
    "reasoning": "reasoning",
    "tool_call": "function_calling",
    "structured_output": "structured_output",
    "temperature": "temperature_control",
    "open_weights": "open_weights",
}
_OPTIONS = {"toggle": "reasoning_toggle", "budget_tokens": "reasoning_budget"}
# What follows from what, causes first.
_FOLLOWS = (
    ("structured_output", "json_mode"),
    ("interleaved_reasoning", "reasoning"),
    ("reasoning_toggle", "reasoning"),
    ("reasoning_budget", "reasoning"),
    ("reasoning_effort_levels", "reasoning"),
    ("function_calling", "chat_completion"),
    ("chat_completion", "text_generation"),
    ("reasoning", "text_generation"),
    ("function_calling", "text_input"),
    ("text_generation", "text_input"),
    ("text_generation", "text_output"),
)
_METERS = ("input", "output", "reasoning", "cache_read", "cache_write", "input_audio", "output_audio")
_STAGES = {None: "ACTIVE", "alpha": "EXPERIMENTAL", "beta": "PREVIEW", "deprecated": "DEPRECATED"}
_PLANS = ("github-copilot", "gitlab", "kimi-for-coding", "firepass")
# Envelope and state of a version, and the name that follows from the id alone.
_BESIDE = ("version", "revision", "create_time", "update_time", "availability", "canonical_id")


def read(body: bytes) -> dict[str, Document]:
    """The document of every model of a file by its id."""
    providers = json.loads(body, parse_float=Decimal)
    return {
        f"{provider}/{name}": _document(provider, name, record)
        for provider, entry in providers.items()
        for name, record in entry["models"].items()
    }


def document_of(model: model_pb2.Model) -> Document:
    """What a served model says, in the same form."""
    told = MessageToDict(model, preserving_proto_field_name=True)
    return {name: value for name, value in told.items() if name not in _BESIDE}


def _document(provider: str, name: str, record: Record) -> Document:
    limit, kinds = record.get("limit", {}), record.get("modalities", {})
    said = {
        "id": f"{provider}/{name}",
        "provider_id": provider,
        "provider_model_id": name,
        "display_name": record.get("name"),
        "family": record.get("family"),
        "context_window": _tokens(limit.get("context")),
        "max_input_tokens": _tokens(limit.get("input")),
        "max_output_tokens": _tokens(limit.get("output")),
        "input_modalities": _modalities(kinds.get("input", ())),
        "output_modalities": _modalities(kinds.get("output", ())),
        "capabilities": _capabilities(record, kinds),
        "prices": _prices(provider, record.get("cost", {}), kinds),
        "lifecycle": _lifecycle(record),
        "metadata": _metadata(provider, record),
        "field_sources": {"*": SOURCE},
        "listed_by": [SOURCE],
    }
    return {name: value for name, value in said.items() if value}


def _tokens(limit: int | None) -> str:
    return str(limit) if limit else ""  # 0 is unknown


def _modalities(words: Iterable[str]) -> list[str]:
    assert not set(words) - set(_KINDS), f"a new kind among {words}"
    return [f"MODALITY_{kind}" for word, kind in _KINDS.items() if word in words]


def _capabilities(record: Record, kinds: Mapping[str, list[str]]) -> Document:
    # A stated list is whole: what is not in it is false. A flag that is not stated is unknown.
    flags = {name: record[field] for field, name in _FLAGS.items() if field in record}
    flags |= {name: word in kinds["input"] for word, name in _TAKES.items() if kinds.get("input")}
    flags |= {name: word in kinds["output"] for word, name in _GIVES.items() if kinds.get("output")}
    if "interleaved" in record:
        flags["interleaved_reasoning"] = record["interleaved"] is not False
    options = {option["type"]: option for option in record.get("reasoning_options", ())}
    flags |= {_OPTIONS[kind]: True for kind in options if kind != "effort"}
    if record.get("cost", {}).get("cache_read"):
        flags["prompt_caching"] = True
    values = {name: {"flag": flag} for name, flag in flags.items()}
    if "effort" in options:
        values["reasoning_effort_levels"] = {"list": {"values": sorted(options["effort"]["values"])}}
    if "knowledge" in record:
        values["knowledge_cutoff"] = {"text": record["knowledge"]}
    for cause, effect in _FOLLOWS:
        if values.get(cause, {"flag": False}) != {"flag": False}:
            values.setdefault(effect, {"flag": True})
    return values


def _prices(provider: str, cost: Mapping[str, Any], kinds: Mapping[str, list[str]]) -> Document:
    # 0 is free of charge only where tokens of text are what is sold.
    by_token = all("text" in words for words in kinds.values()) and not _is_plan(provider)
    prices = {}
    for meter in _METERS:
        amount = cost.get(meter)
        free = by_token and not (meter == "cache_read" and cost.get("input") != 0)
        if amount or (amount == 0 and free):
            prices[meter] = {"amount": _plain(amount), "unit": "PRICE_UNIT_MILLION_TOKENS", "currency": "USD"}
            if tiers := _tiers(meter, cost):
                prices[meter]["tiers"] = tiers
    return prices


def _tiers(meter: str, cost: Mapping[str, Any]) -> list[Document]:
    # The older field repeats the first tier, and counts only where the list is missing.
    stated = [(tier["tier"], tier) for tier in cost.get("tiers", ())]
    if not stated and "context_over_200k" in cost:
        stated = [({"type": "context", "size": 200_000}, cost["context_over_200k"])]
    assert all(bounds["type"] == "context" for bounds, _ in stated), f"a new kind of tier in {stated}"
    found = sorted((bounds["size"], tier[meter]) for bounds, tier in stated if meter in tier)
    return [{"above_tokens": str(size), "amount": _plain(amount)} for size, amount in found]


def _plain(amount: int | Decimal) -> str:
    return f"{Decimal(amount).normalize():f}"


def _is_plan(provider: str) -> bool:
    """Whether it sells subscriptions, where 0 says that the price is included."""
    return provider in _PLANS or "-coding-plan" in provider or "-token-plan" in provider


def _lifecycle(record: Record) -> Document:
    lifecycle = {"stage": f"LIFECYCLE_STAGE_{_STAGES[record.get('status')]}"}
    if day := _day(record.get("release_date", "")):
        lifecycle["release_time"] = f"{day}T00:00:00Z"
    return lifecycle


def _day(text: str) -> str:
    """A day, or the first of a month. Empty for one that no calendar has, and for the day on which clocks begin."""
    day = f"{text}-01" if len(text) == len("2026-05") else text
    try:
        datetime.strptime(day, "%Y-%m-%d")
    except ValueError:
        return ""
    return "" if day == "1970-01-01" else day


def _metadata(provider: str, record: Record) -> Document:
    override = record.get("provider", {})
    said = {
        "attachment": record.get("attachment"),
        "npm": override.get("npm"),
        "api": override.get("api"),
        "pricing": "subscription" if _is_plan(provider) else None,
    }
    return {key: value for key, value in said.items() if value is not None}
