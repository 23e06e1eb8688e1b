"""From a filter to the conditions of a query."""

from __future__ import annotations

import pytest
from psycopg import sql

from modeldex.v1 import discovery_service_pb2 as api
from modeldex.v1 import model_pb2 as pb
from modeldex_server.catalogue.filters import conditions
from modeldex_server.security.scope import EVERYTHING

HOSTILE = "'; DROP TABLE model; --"


def text_of(wanted: api.ModelFilter) -> str:
    """The SQL of a filter."""
    return conditions(wanted, EVERYTHING)[0].as_string(None)


@pytest.mark.parametrize(
    "wanted",
    [
        api.ModelFilter(provider_ids=[HOSTILE]),
        api.ModelFilter(canonical_id=HOSTILE),
        api.ModelFilter(tags=[HOSTILE], any_tags=[HOSTILE]),
        api.ModelFilter(query=HOSTILE),
        api.ModelFilter(capabilities_present=[HOSTILE], capabilities_unknown=[HOSTILE]),
        api.ModelFilter(price_ceilings=[api.PriceCeiling(meter=HOSTILE, max_amount="1", currency=HOSTILE)]),
    ],
)
def test_no_word_of_a_caller_becomes_sql(wanted: api.ModelFilter) -> None:
    """typed errors: whatever a caller writes is a parameter."""
    assert "DROP" not in text_of(wanted)


def test_a_number_of_0_is_a_condition_and_an_absent_one_is_none() -> None:
    """unknown is not false: 0 asks for a known value, absence asks for nothing."""
    assert "context_window" in text_of(api.ModelFilter(min_context_window=0))
    assert "context_window" not in text_of(api.ModelFilter())


def test_the_signs_of_like_are_letters() -> None:
    """stable pages: % and _ in a query stand for themselves."""
    _, parameters = conditions(api.ModelFilter(query="100% a_b \\"), EVERYTHING)
    assert [value for name, value in parameters.items() if name.startswith("word_")] == [
        "%100\\%%",
        "%a\\_b%",
        "%\\\\%",
    ]


def test_every_parameter_has_a_name_of_its_own() -> None:
    """stable pages: many conditions of one kind do not overwrite each other."""
    ceilings = [api.PriceCeiling(meter=f"m{number}", max_amount=str(number)) for number in range(16)]
    wanted = api.ModelFilter(
        price_ceilings=ceilings,
        capabilities_present=["a", "b"],
        query="x y z",
        lifecycle_stages=[pb.LIFECYCLE_STAGE_ACTIVE],
    )
    clause, parameters = conditions(wanted, EVERYTHING)
    text = clause.as_string(None)
    assert isinstance(clause, sql.Composable)
    assert all(text.count(f"%({name})s") == 1 for name in parameters)
    assert len([name for name in parameters if name.startswith("most_")]) == 16
