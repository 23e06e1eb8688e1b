"""The rules of a Model that a caller saves, as `model.proto` states them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

from modeldex.v1 import model_pb2 as pb
from modeldex_server.errors import Violation
from modeldex_server.rpc.validation.rules import (
    HINTED,
    LARGEST_COUNT,
    Names,
    Rule,
    Violations,
    amount_problem,
    checked,
    count,
    currency_problem,
    each,
    enum,
    enums,
    meter_problem,
    shown,
    text,
    text_problem,
    texts,
    timestamp,
    unknown_name,
    within,
)
from modeldex_server.rpc.validation.structs import value_problem

DOCUMENT_BYTES = 64 * 1024
ID_BYTES = 1024
PROVIDER_ID_BYTES = 128
_METADATA_KEYS = 100
_PRICES = 64
_TIERS = 16
_CAPABILITIES = 500
_WORDS = 100

# Control characters and white space, the slash by the way an id is taken apart.
_NOT_IN_PROVIDER = re.compile(r"\s|[\x00-\x1f\x7f-\x9f]")


def model_rules(names: Names) -> tuple[Rule, ...]:
    """What must hold of a Model whose capabilities have these names."""
    rest = (
        checked("id", model_id_problem),
        text("canonical_id", ID_BYTES),
        text("display_name", ID_BYTES),
        text("description", 8192, lines=True),
        text("family", 256),
        count("context_window"),
        count("max_input_tokens"),
        count("max_output_tokens"),
        enums("input_modalities", pb.Modality.DESCRIPTOR, 100),
        enums("output_modalities", pb.Modality.DESCRIPTOR, 100),
        _capabilities(names),
        _prices,
        within(
            "lifecycle",
            (
                enum("stage", pb.LifecycleStage.DESCRIPTOR),
                timestamp("release_time"),
                timestamp("deprecation_time"),
                timestamp("retirement_time"),
                text("replacement_id", ID_BYTES),
            ),
        ),
        texts("tags", 100, 128),
        texts("alternatives", 100, ID_BYTES),
        _metadata,
    )

    def rule(model: Any, path: str, out: Violations) -> None:
        # First of all, so that nothing below walks through megabytes.
        if (size := model.ByteSize()) > DOCUMENT_BYTES:
            out.append(Violation(path.removesuffix("."), f"must have at most {DOCUMENT_BYTES:,} bytes, not {size:,}"))
            return
        for one in rest:
            one(model, path, out)

    return (rule,)


def model_problems(names: Names) -> Callable[[pb.Model], list[Violation]]:
    """What finds all that is wrong with a Model whose capabilities have these names."""
    rules = model_rules(names)

    def problems(model: pb.Model) -> list[Violation]:
        found: Violations = []
        for rule in rules:
            rule(model, "", found)
        return found

    return problems


def model_id_problem(value: str) -> str | None:
    """What is wrong with the id of a model that is to be saved."""
    if problem := text_problem(value, ID_BYTES, least=1):
        return problem
    provider, _, own = value.partition("/")
    if not provider or not own:
        return 'must be "<provider_id>/<provider_model_id>", for example "openai/gpt-4o"'
    if len(provider.encode()) > PROVIDER_ID_BYTES or _NOT_IN_PROVIDER.search(provider):
        return f"must begin with a provider id of 1 to {PROVIDER_ID_BYTES} bytes without white space"
    return None


def _capabilities(names: Names) -> Rule:
    def rule(model: pb.Model, path: str, out: Violations) -> None:
        if len(model.capabilities) > _CAPABILITIES:
            out.append(Violation(path + "capabilities", f"must have at most {_CAPABILITIES} entries"))
            return
        for name in sorted(model.capabilities):
            if problem := _capability_problem(name, model.capabilities[name], names, out):
                out.append(Violation(f"{path}capabilities[{shown(name)}]", problem))

    return rule


def _capability_problem(name: str, value: pb.CapabilityValue, names: Names, out: Violations) -> str | None:
    if name not in names:
        return unknown_name(name, names, out)
    kind = value.WhichOneof("value")
    if kind == "number" and not math.isfinite(value.number):
        return "must be a finite number"
    if kind == "text" and (problem := text_problem(value.text, 1024)):
        return problem
    if kind == "list" and (problem := _words_problem(value.list)):
        return problem
    return names.problem(name, value) if len(out) < HINTED else None


def _words_problem(words: pb.StringList) -> str | None:
    if len(words.values) > _WORDS:
        return f"must have at most {_WORDS} words"
    problems = (text_problem(word, 256, least=1) for word in words.values)
    return next((f"has a word that {problem}" for problem in problems if problem), None)


_PRICE_RULES: tuple[Rule, ...] = (
    checked("amount", amount_problem),
    enum("unit", pb.PriceUnit.DESCRIPTOR, required=True),
    checked("currency", currency_problem),
    each("tiers", _TIERS, (checked("amount", amount_problem),)),
)


def _prices(model: pb.Model, path: str, out: Violations) -> None:
    if len(model.prices) > _PRICES:
        out.append(Violation(path + "prices", f"must have at most {_PRICES} meters"))
        return
    for meter in sorted(model.prices):
        price, price_path = model.prices[meter], f"{path}prices[{shown(meter)}]"
        if problem := meter_problem(meter):
            out.append(Violation(price_path, problem))
        for rule in _PRICE_RULES:
            rule(price, price_path + ".", out)
        _tiers_ascend(price, price_path, out)


def _tiers_ascend(price: pb.Price, path: str, out: Violations) -> None:
    before = 0
    for at, tier in enumerate(price.tiers[:_TIERS]):
        if not before < tier.above_tokens <= LARGEST_COUNT:
            problem = "must be at least 1 and more than the tier before" if at else "must be at least 1"
            out.append(Violation(f"{path}.tiers[{at}].above_tokens", problem))
        before = max(before, tier.above_tokens)


def _metadata(model: pb.Model, path: str, out: Violations) -> None:
    if len(model.metadata.fields) > _METADATA_KEYS:
        out.append(Violation(path + "metadata", f"must have at most {_METADATA_KEYS} keys"))
        return
    for key in sorted(model.metadata.fields):
        if problem := value_problem(key, model.metadata.fields[key]):
            out.append(Violation(f"{path}metadata[{shown(key)}]", problem))
