"""A record of models.dev's shape that states every field, and what may become of each."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping, Sequence
from typing import Any

BASE: dict[str, Any] = {
    "id": "m",
    "name": "Model",
    "family": "family",
    "attachment": False,
    "reasoning": True,
    "reasoning_options": [{"type": "effort", "values": ["low", "high"]}],
    "tool_call": True,
    "structured_output": True,
    "temperature": True,
    "interleaved": {"field": "reasoning_content"},
    "knowledge": "2025-01",
    "release_date": "2025-06-01",
    "last_updated": "2025-06-01",
    "modalities": {"input": ["text", "image"], "output": ["text"]},
    "open_weights": False,
    "limit": {"context": 128_000, "input": 100_000, "output": 8_000},
    "cost": {
        "input": 0.25,
        "output": 1,
        "reasoning": 2,
        "cache_read": 0.025,
        "cache_write": 0.3,
        "input_audio": 4,
        "output_audio": 8,
        "tiers": [{"tier": {"type": "context", "size": 64_000}, "input": 0.5, "output": 2}],
    },
    "status": "beta",
    "provider": {"npm": "@acme/sdk", "api": "https://api.acme.test/v1"},
}
# The path of a field, and its other value; None where the record states it no more.
MAPPED: Sequence[tuple[str, object]] = (
    ("name", "Other"),
    ("family", None),
    ("attachment", True),
    ("reasoning", False),
    ("reasoning_options", [{"type": "toggle"}, {"type": "budget_tokens"}]),
    ("tool_call", False),
    ("structured_output", None),
    ("temperature", False),
    ("interleaved", False),
    ("knowledge", "2025-02"),
    ("release_date", "2025-07"),
    ("modalities.input", ["text"]),
    ("modalities.output", ["text", "audio"]),
    ("open_weights", True),
    ("limit.context", 128_001),
    ("limit.input", 0),
    ("limit.output", 8_001),
    ("cost", None),
    ("cost.input", 0.250001),
    ("cost.output", 0),
    ("cost.reasoning", None),
    ("cost.cache_read", 0),
    ("cost.cache_write", 0.31),
    ("cost.input_audio", 5),
    ("cost.output_audio", 7),
    ("cost.tiers", [{"tier": {"type": "context", "size": 64_000}, "input": 0.5, "output": 3}]),
    ("status", "deprecated"),
    ("provider.npm", "@acme/other"),
    ("provider.api", None),
)
# What says the same in another way, or what nobody maps.
NOT_MAPPED: Sequence[tuple[str, object]] = (
    ("id", "other"),
    ("last_updated", "2025-07-01"),
    ("experimental", {"modes": {"fast": {"cost": {"input": 9, "output": 9}}}}),
    ("provider.shape", "completions"),
    ("interleaved", {"field": "reasoning_details"}),
    ("modalities.input", ["image", "text"]),
    ("cost.output", 1.0),
    ("cost.context_over_200k", {"input": 9, "output": 9}),
    ("release_date", "2025-06"),
)


def file_of(records: Mapping[str, Mapping[str, Any]]) -> bytes:
    """A file of one provider."""
    return json.dumps({"acme": {"id": "acme", "name": "Acme", "models": records}}).encode()


def changed(path: str, value: object) -> dict[str, Any]:
    """The base record with one field changed."""
    record = copy.deepcopy(BASE)
    *parents, name = path.split(".")
    part = record
    for parent in parents:
        part = part[parent]
    if value is None:
        del part[name]
    else:
        part[name] = value
    return record
