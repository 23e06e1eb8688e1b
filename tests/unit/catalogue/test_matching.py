"""A ModelFilter asked in memory. That it means what lists mean is proved against the store."""

from __future__ import annotations

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from modeldex.v1 import discovery_service_pb2 as api
from modeldex.v1 import model_pb2 as pb
from modeldex_server.catalogue.matching import model_matcher
from modeldex_server.ledger import columns
from modeldex_server.ledger.documents import canonical

MODEL = canonical(
    pb.Model(
        id="acme/Große",
        context_window=8000,
        tags=["a", "b"],
        prices={"input": pb.Price(amount="0.100000000000000001", unit=pb.PRICE_UNIT_MILLION_TOKENS)},
    )
)


def matches(**fields: object) -> bool:
    return model_matcher(api.ModelFilter(**fields))(MODEL)  # type: ignore[arg-type] # fields of the filter


def test_retired_and_unlisted_models_are_hidden_unless_asked_for() -> None:
    """hidden by default: an empty filter is not no filter."""
    retired = pb.Model(id="acme/one", lifecycle=pb.Lifecycle(stage=pb.LIFECYCLE_STAGE_RETIRED))
    unlisted = pb.Model(id="acme/one", unlisted=True)
    assert [model_matcher(api.ModelFilter())(model) for model in (MODEL, retired, unlisted)] == [True, False, False]
    assert model_matcher(api.ModelFilter(lifecycle_stages=[pb.LIFECYCLE_STAGE_RETIRED]))(retired)
    assert model_matcher(api.ModelFilter(include_unlisted=True))(unlisted)


def test_money_is_decimal() -> None:
    """exact money: one in the eighteenth place makes a difference."""
    price = api.PriceCeiling(meter="input", max_amount="0.1")
    assert not matches(price_ceilings=[price])
    price.max_amount = "0.100000000000000001"
    assert matches(price_ceilings=[price])
    price.currency = "EUR"
    assert not matches(price_ceilings=[price])


def test_unknown_is_not_zero() -> None:
    """unknown is not false: a limit of 0 asks for a known value."""
    assert matches(min_context_window=0)
    assert not matches(min_max_output_tokens=0)


def test_words_are_found_whatever_their_case() -> None:
    assert matches(query="GROSSE acme/")
    assert matches(query="große")
    assert not matches(query="GROSSE beta/")


@pytest.mark.parametrize("amount", ["", "x", "NaN", "1e"])
def test_an_update_from_outside_with_a_price_that_is_none_does_not_match(amount: str) -> None:
    """typed errors: what nobody checked raises nothing."""
    model = pb.Model(prices={"input": pb.Price(amount=amount, unit=pb.PRICE_UNIT_MILLION_TOKENS, currency="USD")})
    wanted = api.ModelFilter(price_ceilings=[api.PriceCeiling(meter="input", max_amount="1")])
    assert not model_matcher(wanted)(model)


@pytest.mark.parametrize("time", [Timestamp(seconds=2**62), Timestamp(seconds=-(2**62)), Timestamp(nanos=-5)])
def test_a_time_that_is_none_is_unknown(time: Timestamp) -> None:
    """typed errors: a time beyond the year 9999, as an update that was published could have it, raises nothing."""
    model = pb.Model(id="acme/one", lifecycle=pb.Lifecycle(retirement_time=time))
    wanted = api.ModelFilter()
    wanted.retires_before.FromJsonString("9999-12-31T00:00:00Z")
    assert not model_matcher(wanted)(model)
    assert columns.moment_of(model.lifecycle, "retirement_time") is None


def test_asking_changes_nothing() -> None:
    model = pb.Model(id="acme/one")
    wanted = api.ModelFilter(
        price_ceilings=[api.PriceCeiling(meter="input", max_amount="1")], lifecycle_stages=[pb.LIFECYCLE_STAGE_ACTIVE]
    )
    wanted.retires_before.seconds = 1
    model_matcher(wanted)(model)
    assert model == pb.Model(id="acme/one")


def test_the_key_is_the_same_where_the_meaning_is() -> None:
    """resumable: a token holds for the same watch, however its filter is written."""
    plain = api.ModelFilter(
        tags=["a", "b"], query="X y", price_ceilings=[api.PriceCeiling(meter="input", max_amount="1")]
    )
    other = api.ModelFilter(tags=["b", "a", "b"], query="y  x x")
    for _ in range(2):
        other.price_ceilings.add(meter="input", max_amount="1", unit=pb.PRICE_UNIT_MILLION_TOKENS, currency="USD")
    assert model_matcher(plain).key == model_matcher(other).key


def test_the_key_is_another_where_the_meaning_is() -> None:
    """resumable: no token opens another watch."""
    wanted = [
        api.ModelFilter(),
        api.ModelFilter(tags=["a"]),
        api.ModelFilter(any_tags=["a"]),
        api.ModelFilter(query="a"),
        api.ModelFilter(min_context_window=0),
        api.ModelFilter(include_unlisted=True),
        api.ModelFilter(capabilities_true=["vision"]),
        api.ModelFilter(price_ceilings=[api.PriceCeiling(meter="input", max_amount="1")]),
        api.ModelFilter(price_ceilings=[api.PriceCeiling(meter="input", max_amount="1", currency="EUR")]),
    ]
    assert len({model_matcher(one).key for one in wanted}) == len(wanted)
