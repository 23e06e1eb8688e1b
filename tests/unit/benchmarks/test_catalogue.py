"""The large catalogue that lists are measured on: the packaged models, varied."""

from copy import deepcopy

from benchmarks.catalogue import enlarged, packaged_snapshot, parts
from benchmarks.service import PACKAGED_MODELS

SMALL = {
    "one": {"id": "one", "models": {"a": {"id": "a", "name": "A", "cost": {"input": 1, "context_over_200k": {}}}}},
    "two": {"id": "two", "models": {"b": {"id": "b", "name": "B"}, "c": {"id": "c", "name": "C"}}},
}


def test_it_has_exactly_the_models_asked_for_each_under_its_own_id() -> None:
    """Also where the last variation is not needed whole."""
    for models in (3, 4, 5, 6, 11, 100):
        larger = enlarged(SMALL, models)
        ids = [(key, model) for key, provider in larger.items() for model in provider["models"]]
        assert len(ids) == len(set(ids)) == models
        assert all(key == model["id"] for provider in larger.values() for key, model in provider["models"].items())


def test_the_models_varied_stay_as_they_were() -> None:
    """Variations are added; the models of the snapshot are among the result, and the snapshot is not touched."""
    before = deepcopy(SMALL)
    larger = enlarged(SMALL, 50)
    assert before == SMALL
    assert larger["one"]["models"]["a"] == SMALL["one"]["models"]["a"]


def test_prices_are_spread() -> None:
    """Variations cost differently, so that a ceiling takes some and leaves some; structures inside a cost stay."""
    models = enlarged(SMALL, 60)["one"]["models"].values()
    assert len({model["cost"]["input"] for model in models}) > 5
    assert all(model["cost"]["context_over_200k"] == {} for model in models)


def test_parts_hold_every_model_once_and_none_too_many() -> None:
    """Cut anywhere, also within a provider; nothing is lost and the providers' own fields stay."""
    larger = enlarged(SMALL, 50)
    for most in (1, 7, 25, 49, 50, 100):
        cut = parts(larger, most)
        counts = [sum(len(provider["models"]) for provider in part.values()) for part in cut]
        assert max(counts) <= most
        assert len(cut) == -(-50 // most)
        ids = [(key, model) for part in cut for key, provider in part.items() for model in provider["models"]]
        assert len(ids) == len(set(ids)) == 50
        assert all(provider["id"] == key for part in cut for key, provider in part.items())


def test_the_packaged_snapshot_has_the_models_that_the_cases_wait_for() -> None:
    """The number in the titles is the number in the package."""
    snapshot = packaged_snapshot()
    assert len(snapshot) == 132
    assert sum(len(provider["models"]) for provider in snapshot.values()) == PACKAGED_MODELS
