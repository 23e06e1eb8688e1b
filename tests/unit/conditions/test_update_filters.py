"""Which updates a watch wants."""

from __future__ import annotations

from typing import Any

import pytest
from told import Told, a_filter, condition, of_model

from modeldex.v1 import condition_pb2
from modeldex.v1 import model_pb2 as models
from modeldex.v1 import provider_pb2 as providers
from modeldex.v1 import update_pb2 as pb
from modeldex_server.conditions import problems
from modeldex_server.conditions.updates import UpdateFilter

LARGE = models.Model(id="acme/one", provider_id="acme", context_window=200_000)
SMALL = models.Model(id="acme/one", provider_id="acme", context_window=8_000)
LONG = a_filter("MODEL", condition("context_window", "GREATER_THAN", 100_000))
BY_ANN = a_filter("CUSTOM", condition("principal", "EQUALS", "ann"))
ERRORS = a_filter("PROVIDER", condition("status", "EQUALS", "PROVIDER_STATUS_ERROR"))
OF_ACME = a_filter("CAPABILITY", condition("model_ids", "STARTS_WITH", "acme/"))
FAILED = Told(
    pb.UpdateEvent(
        principal="discovery",
        provider=pb.ProviderUpdate(
            type=pb.PROVIDER_UPDATE_TYPE_STATUS_CHANGED, provider_id="acme", status=providers.PROVIDER_STATUS_ERROR
        ),
    )
)
LOST = Told(
    pb.UpdateEvent(
        capability=pb.CapabilityUpdate(
            type=pb.CAPABILITY_UPDATE_TYPE_UPDATED, capability="vision", lost_model_ids=["acme/one"]
        )
    )
)
SOON = Told(
    pb.UpdateEvent(
        lifecycle=pb.LifecycleUpdate(
            model_id="acme/one", provider_id="acme", milestone=pb.LIFECYCLE_MILESTONE_RETIREMENT
        )
    )
)
PINNED = Told(pb.UpdateEvent(operation=pb.OperationUpdate(type=pb.OPERATION_UPDATE_TYPE_PIN, model_id="acme/one")))
ADDED, CHANGED, REMOVED = of_model(None, LARGE), of_model(LARGE, SMALL), of_model(SMALL, None)
EVERY = [FAILED, LOST, SOON, PINNED, ADDED, CHANGED, REMOVED]


class OnlyLarge:
    """A filter of models."""

    key = b"large"

    def __call__(self, model: models.Model, /) -> bool:
        return model.context_window > 100_000


def sides(wanted: UpdateFilter, update: Told) -> tuple[bool, bool]:
    return wanted.matches_before(update), wanted.matches_after(update)


def disabled(one: condition_pb2.EventFilter) -> condition_pb2.EventFilter:
    copy = condition_pb2.EventFilter(enabled=False)
    copy.MergeFrom(one)
    return copy


def test_without_filters_every_update_matches() -> None:
    wanted = UpdateFilter()
    assert wanted.matches_everything
    assert all(wanted.matches(update) for update in EVERY)
    assert [sides(wanted, update) for update in (ADDED, CHANGED, REMOVED)] == [
        (False, True),
        (True, True),
        (True, False),
    ]
    assert wanted.matches_model(SMALL)


def test_a_disabled_filter_matches_nothing_and_so_do_disabled_filters_alone() -> None:
    wanted = UpdateFilter([disabled(LONG), disabled(BY_ANN)])
    assert not wanted.matches_everything
    assert not any(wanted.matches(update) for update in EVERY)
    assert sides(wanted, CHANGED) == (False, False)
    assert not wanted.matches_model(LARGE)


def test_a_model_enters_changes_and_leaves_by_what_it_was_and_is() -> None:
    """converging: each side of a change is asked by itself."""
    wanted = UpdateFilter([LONG])
    assert sides(wanted, of_model(None, LARGE)) == (False, True)
    assert sides(wanted, of_model(SMALL, LARGE)) == (False, True)
    assert sides(wanted, of_model(LARGE, LARGE)) == (True, True)
    assert sides(wanted, of_model(LARGE, SMALL)) == (True, False)
    assert sides(wanted, of_model(SMALL, None)) == (False, False)
    assert [wanted.matches_model(model) for model in (LARGE, SMALL)] == [True, False]
    assert [wanted.matches(update) for update in (ADDED, CHANGED, REMOVED)] == [True, True, False]


def test_a_filter_of_one_kind_matches_no_other_kind() -> None:
    for one, wanted in ((FAILED, ERRORS), (LOST, OF_ACME)):
        assert [update for update in EVERY if UpdateFilter([wanted]).matches(update)] == [one]


def test_any_enabled_filter_is_enough() -> None:
    wanted = UpdateFilter([ERRORS, LONG, disabled(OF_ACME)])
    assert [update for update in EVERY if wanted.matches(update)] == [FAILED, ADDED, CHANGED]


def test_a_custom_filter_says_the_same_of_both_sides() -> None:
    by_ann, by_bob = (of_model(LARGE, SMALL, principal=name) for name in ("ann", "bob"))
    wanted = UpdateFilter([BY_ANN])
    assert (sides(wanted, by_ann), sides(wanted, by_bob)) == ((True, True), (False, False))
    assert sides(wanted, of_model(None, SMALL, principal="ann")) == (False, True)
    assert (wanted.matches(by_ann), wanted.matches(by_bob)) == (True, False)
    assert not wanted.matches_model(LARGE)


@pytest.mark.parametrize(
    ("field", "operator", "value", "expected"),
    [
        ("kind", "EQUALS", "provider", [FAILED]),
        ("kind", "IN", ["lifecycle", "operation"], [SOON, PINNED]),
        ("type", "EQUALS", "PROVIDER_UPDATE_TYPE_STATUS_CHANGED", [FAILED]),
        ("type", "EQUALS", "MODEL_UPDATE_TYPE_REMOVED", [REMOVED]),
        ("type", "EQUALS", "LIFECYCLE_MILESTONE_RETIREMENT", [SOON]),
        ("type", "EQUALS", "OPERATION_UPDATE_TYPE_PIN", [PINNED]),
        ("principal", "EQUALS", "discovery", [FAILED]),
        ("principal", "NOT_EQUALS", "discovery", [one for one in EVERY if one is not FAILED]),
        ("source_id", "EQUALS", "", []),
        ("external", "EQUALS", False, EVERY),
        ("provider_id", "EQUALS", "acme", [FAILED, SOON, ADDED, CHANGED, REMOVED]),
        ("model_id", "EQUALS", "acme/one", [SOON, PINNED, ADDED, CHANGED, REMOVED]),
        ("change_kinds", "NOT_CONTAINS", "FIELD_CHANGE_KIND_CAPABILITY", EVERY),
        ("change_kinds", "CONTAINS", "FIELD_CHANGE_KIND_CAPABILITY", []),
    ],
)
def test_a_custom_filter_looks_at_what_all_updates_have(
    field: str, operator: str, value: Any, expected: list[Told]
) -> None:
    one = a_filter("CUSTOM", condition(field, operator, value))
    assert problems(one) == []
    assert [update for update in EVERY if UpdateFilter([one]).matches(update)] == expected


def test_kinds_of_changes_are_a_set() -> None:
    kinds = [pb.FIELD_CHANGE_KIND_PROPERTY, pb.FIELD_CHANGE_KIND_CAPABILITY]
    wanted = UpdateFilter([a_filter("CUSTOM", condition("change_kinds", "CONTAINS", "FIELD_CHANGE_KIND_CAPABILITY"))])
    assert wanted.matches(of_model(SMALL, LARGE, change_kinds=kinds))
    assert not wanted.matches(of_model(SMALL, LARGE, change_kinds=kinds[:1]))


def test_with_a_filter_of_models_only_updates_of_models_match() -> None:
    """converging: a copy kept by the filter is the list with it."""
    wanted = UpdateFilter(models=OnlyLarge())
    assert not wanted.matches_everything
    assert [update for update in EVERY if wanted.matches(update)] == [ADDED, CHANGED]
    assert sides(wanted, CHANGED) == (True, False)
    assert [wanted.matches_model(model) for model in (LARGE, SMALL)] == [True, False]


def test_both_filters_have_to_match_the_same_side() -> None:
    """A model that met one filter before and the other after never met both."""
    acme = a_filter("MODEL", condition("display_name", "EQUALS", "acme"))
    named = models.Model(id="acme/one", display_name="acme")
    wanted = UpdateFilter([acme], OnlyLarge())
    assert sides(wanted, of_model(named, LARGE)) == (False, False)
    assert not wanted.matches(of_model(named, LARGE))
    named.context_window = 200_000
    assert sides(wanted, of_model(named, LARGE)) == (True, False)
    assert sides(UpdateFilter([BY_ANN], OnlyLarge()), of_model(SMALL, LARGE, principal="ann")) == (False, True)


def test_an_external_update_may_come_without_documents() -> None:
    """It matches by what it is, and no filter of models."""
    published = Told(
        pb.UpdateEvent(external=True, model=pb.ModelUpdate(type=pb.MODEL_UPDATE_TYPE_UPDATED, model_id="acme/one"))
    )
    external = a_filter("CUSTOM", condition("external", "EQUALS", True))
    assert UpdateFilter().matches(published)
    assert UpdateFilter([external]).matches(published)
    assert not UpdateFilter([LONG]).matches(published)
    assert not UpdateFilter([external], OnlyLarge()).matches(published)


def test_a_filter_with_problems_is_refused() -> None:
    with pytest.raises(ValueError, match="problems"):
        UpdateFilter([a_filter("MODEL", condition("x", "EQUALS", 1))])


def hash_of(*filters: condition_pb2.EventFilter, **fields: Any) -> bytes:
    made = UpdateFilter(filters, **fields).hash
    assert len(made) == 16
    return made


def test_the_hash_is_the_same_where_only_the_order_or_what_does_not_count_differs() -> None:
    """resumable: a token holds for the same watch, however it is written."""
    one, two = condition("id", "IN", ["a", "b"]), condition("tags", "CONTAINS", "x")
    flipped = condition("id", "IN", ["b", "a", "b"])
    plain = hash_of(a_filter("MODEL", one, two), LONG)
    assert plain == hash_of(LONG, a_filter("MODEL", two, flipped, join=condition_pb2.CONDITION_JOIN_AND))
    assert plain == hash_of(a_filter("MODEL", one, two, two, id="7", enabled=True), LONG, LONG, disabled(BY_ANN))
    assert hash_of(a_filter("MODEL", one, join=condition_pb2.CONDITION_JOIN_OR)) == hash_of(a_filter("MODEL", one))
    assert hash_of(models=OnlyLarge()) == hash_of(models=OnlyLarge())


def test_the_hash_is_another_where_the_meaning_is() -> None:
    """resumable: no token opens another watch."""
    one, two = condition("id", "EQUALS", "x"), condition("tags", "CONTAINS", "x")
    hashes = [
        hash_of(),
        hash_of(disabled(LONG)),
        hash_of(LONG),
        hash_of(models=OnlyLarge()),
        hash_of(LONG, models=OnlyLarge()),
        hash_of(a_filter("MODEL", one, two)),
        hash_of(a_filter("MODEL", one, two, join=condition_pb2.CONDITION_JOIN_OR)),
        hash_of(a_filter("MODEL", one), a_filter("MODEL", two), a_filter("CUSTOM", condition("reason", "EQUALS", "x"))),
        hash_of(a_filter("MODEL", condition("id", "EQUALS", "x", case_sensitive=True))),
        hash_of(a_filter("MODEL", condition("id", "NOT_EQUALS", "x"))),
        hash_of(a_filter("MODEL", condition("id", "EQUALS", "y"))),
        hash_of(a_filter("MODEL", condition("id", "IN", ["x"]))),
        hash_of(a_filter("MODEL", condition("metadata.a", "EQUALS", "1"))),
        hash_of(a_filter("MODEL", condition("metadata.a", "EQUALS", 1))),
        hash_of(a_filter("PROVIDER", condition("provider_id", "EQUALS", "x"))),
        hash_of(a_filter("CUSTOM", condition("provider_id", "EQUALS", "x"))),
    ]
    assert len(set(hashes)) == len(hashes)


def test_the_hash_is_the_same_in_every_process() -> None:
    """resumable: on any replica."""
    assert hash_of(LONG).hex() == "04a701b5740a154b698a7db97430af7b"
    assert hash_of().hex() == "55c5dc19f06f2f2e1a4e3e229b6b1f3d"
    assert hash_of(LONG, BY_ANN, ERRORS, OF_ACME).hex() == "efba7b05fc31c1853156267b358dd8e9"
