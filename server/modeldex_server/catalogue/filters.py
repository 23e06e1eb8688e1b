"""From a `ModelFilter` to the conditions of a query: constants of ours with named parameters."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from typing import Any, LiteralString

from psycopg import sql

from modeldex.v1 import discovery_service_pb2 as api
from modeldex.v1 import model_pb2 as pb
from modeldex_server.ledger import columns
from modeldex_server.security.scope import Scope

_LIMITS: tuple[tuple[str, LiteralString], ...] = (
    ("min_context_window", "m.context_window >= %(min_context_window)s"),
    ("min_max_input_tokens", "m.max_input_tokens >= %(min_max_input_tokens)s"),
    ("min_max_output_tokens", "m.max_output_tokens >= %(min_max_output_tokens)s"),
)
_OWN_COLUMN: dict[str, LiteralString] = {"input": "m.price_input", "output": "m.price_output"}
_ESCAPED = str.maketrans({"\\": r"\\", "%": r"\%", "_": r"\_"})

Condition = tuple[sql.Composable, dict[str, Any]]


def conditions(wanted: api.ModelFilter, scope: Scope) -> tuple[sql.Composable, dict[str, Any]]:
    """The WHERE clause of a filter over `model m` in a scope, and its parameters."""
    clauses: list[sql.Composable] = []
    parameters: dict[str, Any] = {}
    for clause, values in (*_seen(scope), *_conditions(wanted)):
        clauses.append(clause)
        parameters |= values
    return sql.SQL(" AND ").join(clauses), parameters


def _seen(scope: Scope) -> Iterator[Condition]:
    if scope.providers is not None:
        yield sql.SQL("m.provider_id = ANY(%(seen)s)"), {"seen": scope.listed}


def _conditions(wanted: api.ModelFilter) -> Iterator[Condition]:
    yield from _shown(wanted)
    if wanted.provider_ids:
        yield sql.SQL("m.provider_id = ANY(%(providers)s)"), {"providers": list(wanted.provider_ids)}
    if wanted.canonical_id:
        yield sql.SQL("m.canonical_id = %(canonical)s"), {"canonical": wanted.canonical_id}
    yield from _by_terms(wanted)
    for name, clause in _LIMITS:
        if wanted.HasField(name):  # type: ignore[arg-type]
            yield sql.SQL(clause), {name: getattr(wanted, name)}
    for number, ceiling in enumerate(wanted.price_ceilings):
        yield _ceiling(number, ceiling)
    if wanted.HasField("retires_before"):
        yield sql.SQL("m.retires_at < %(retires_before)s"), {"retires_before": wanted.retires_before.ToDatetime(UTC)}
    for number, word in enumerate(wanted.query.casefold().split()):
        name = f"word_{number}"
        yield sql.SQL("m.search_text LIKE {}").format(sql.Placeholder(name)), {name: f"%{word.translate(_ESCAPED)}%"}


def _shown(wanted: api.ModelFilter) -> Iterator[Condition]:
    yield sql.SQL("(m.live OR m.private)" if wanted.include_deleted else "m.live"), {}
    if not wanted.include_unlisted:
        yield sql.SQL("NOT m.unlisted"), {}
    if wanted.lifecycle_stages:
        yield sql.SQL("m.stage = ANY(%(stages)s)"), {"stages": list(wanted.lifecycle_stages)}
    else:
        yield sql.SQL("m.stage <> %(retired)s"), {"retired": pb.LIFECYCLE_STAGE_RETIRED}


def _by_terms(wanted: api.ModelFilter) -> Iterator[Condition]:
    required = [columns.has(name) for name in wanted.capabilities_true]
    required += [columns.has_not(name) for name in wanted.capabilities_false]
    required += [columns.tagged(tag) for tag in wanted.tags]
    required += [columns.takes(modality) for modality in wanted.input_modalities]
    required += [columns.gives(modality) for modality in wanted.output_modalities]
    if required:
        yield sql.SQL("m.terms @> %(required)s::text[]"), {"required": required}
    for number, capability in enumerate(wanted.capabilities_present):
        name = f"present_{number}"
        clause = sql.SQL("m.terms && {}::text[]").format(sql.Placeholder(name))
        yield clause, {name: [columns.has(capability), columns.has_not(capability)]}
    if wanted.capabilities_unknown:
        known = [term(name) for name in wanted.capabilities_unknown for term in (columns.has, columns.has_not)]
        yield sql.SQL("NOT m.terms && %(known)s::text[]"), {"known": known}
    if wanted.any_tags:
        yield sql.SQL("m.terms && %(any_tags)s::text[]"), {"any_tags": [columns.tagged(tag) for tag in wanted.any_tags]}


def _ceiling(number: int, ceiling: api.PriceCeiling) -> Condition:
    unit = ceiling.unit or pb.PRICE_UNIT_MILLION_TOKENS
    currency = ceiling.currency or "USD"
    most, key = f"most_{number}", f"price_{number}"
    plain = unit == pb.PRICE_UNIT_MILLION_TOKENS and currency == "USD"
    if plain and ceiling.meter in _OWN_COLUMN:
        column = sql.SQL(_OWN_COLUMN[ceiling.meter])
        return sql.SQL("{} <= {}::numeric").format(column, sql.Placeholder(most)), {most: ceiling.max_amount}
    clause = sql.SQL("(m.prices ->> {}::text)::numeric <= {}::numeric")
    values = {key: columns.price_key(ceiling.meter, unit, currency), most: ceiling.max_amount}
    return clause.format(sql.Placeholder(key), sql.Placeholder(most)), values
