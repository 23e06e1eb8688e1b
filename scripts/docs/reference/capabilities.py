"""The page of the capability vocabulary, from the data that the server reads."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from importlib import resources
from typing import Any

from reference.markdown import GENERATED, cell, code, table

_INTRODUCTION = """# Capabilities

The names that capabilities have here, whatever a provider calls them. Filters and `ValidateModelCapabilities` take
these names, and refuse others with the one that was probably meant. A capability that a model does not carry is
unknown, not false: [Facts](../concepts/facts.md).

This is version {version} of the vocabulary, with {count} capabilities.
"""
_TYPES = {"boolean": "flag", "number": "number", "string": "text", "enum": "text", "array": "list"}


def page() -> str:
    """The page: a table for each category."""
    text = resources.files("modeldex_server.capabilities").joinpath("vocabulary.json").read_text()
    vocabulary = json.loads(text)
    capabilities: list[Mapping[str, Any]] = vocabulary["capabilities"]
    categories = dict.fromkeys(one["category"] for one in capabilities)
    parts = [GENERATED, _INTRODUCTION.format(version=vocabulary["version"], count=len(capabilities))]
    for category in categories:
        parts.append(f"## {category.replace('_', ' ').capitalize()} {{ #{category} }}\n")
        parts.append(_table(one for one in capabilities if one["category"] == category))
    return "\n".join(parts)


def _table(capabilities: Iterable[Mapping[str, Any]]) -> str:
    rows = (
        (
            f'<span id="{one["name"]}"></span>{code(one["name"])}',
            _TYPES[one["data_type"]],
            cell(one["description"]),
            ", ".join(code(name) for name in one.get("implied_by", ())),
        )
        for one in capabilities
    )
    return table(("capability", "value", "", "follows from"), rows)
