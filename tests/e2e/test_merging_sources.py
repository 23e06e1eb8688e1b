"""A provider's own source beside a catalogue, and what callers saved beside both."""

from __future__ import annotations

from typing import Any

from modeldex.v1 import discovery_service_pb2 as pb
from modeldex.v1 import model_pb2, provider_service_pb2
from support.api import Api, problem_of
from support.ground import CATALOGUE, Ground
from support.models import plain


async def refresh(api: Api, provider_id: str) -> pb.RefreshResult:
    """Refresh one provider by all its sources."""
    request = pb.RefreshProviderRequest(provider_id=provider_id)
    result: pb.RefreshResult = (await api.discovery.RefreshProvider(request, timeout=30)).result
    return result


async def read_catalogue(api: Api) -> None:
    """Refresh everything once, so that every source knows its providers."""
    async for _ in api.discovery.RefreshProviders(pb.RefreshProvidersRequest(), timeout=60):
        pass


async def model_of(api: Api, model_id: str) -> model_pb2.Model:
    """One model."""
    model: model_pb2.Model = (await api.discovery.GetModel(pb.GetModelRequest(id=model_id), timeout=10)).model
    return model


async def listed(api: Api, provider_id: str, **wanted: Any) -> list[str]:
    """The ids of a provider's models as lists show them."""
    request = pb.ListModelsRequest(filter=pb.ModelFilter(provider_ids=[provider_id], **wanted))
    return [model.id for model in (await api.discovery.ListModels(request)).models]


def source_of(model: model_pb2.Model, path: str) -> str:
    """The source of a fact, as a caller finds it."""
    return model.field_sources.get(path) or model.field_sources["*"]


async def test_field_by_field_the_own_source_wins(ground: Ground, finder: Api) -> None:
    """unknown is not false: each fact comes from the most trusted source that states it, and says from which."""
    provider_id, provider = ground.take()
    model_id = f"{provider_id}/one"
    provider.lists({"id": "one", "context_length": 1000})
    ground.catalogue_lists(
        provider_id,
        {
            "one": {
                "name": "The One",
                "limit": {"context": 9000, "output": 500},
                "cost": {"input": 1.5},
                "tool_call": True,
            }
        },
    )
    await read_catalogue(finder)
    model = await model_of(finder, model_id)
    assert (model.context_window, model.max_output_tokens) == (1000, 500)
    assert (model.display_name, model.prices["input"].amount) == ("The One", "1.5")
    assert list(model.listed_by) == sorted([CATALOGUE, provider_id])
    assert model.capabilities["function_calling"].flag
    assert [source_of(model, path) for path in ("context_window", "max_output_tokens")] == [provider_id, CATALOGUE]
    assert [source_of(model, path) for path in ("prices.input", "display_name")] == [CATALOGUE, CATALOGUE]
    assert not model.HasField("max_input_tokens")
    assert "vision" not in model.capabilities or not model.capabilities["vision"].flag
    # The own source falls silent about a fact: the catalogue's counts again.
    provider.lists({"id": "one"})
    await refresh(finder, provider_id)
    model = await model_of(finder, model_id)
    assert (model.context_window, source_of(model, "context_window")) == (9000, CATALOGUE)
    ground.tables.check()


async def test_the_order_of_refreshes_plays_no_part(ground: Ground, finder: Api) -> None:
    """silent no-op: whichever source speaks first, the merged document is the same, and stays."""
    (one, first), (other, second) = ground.take(), ground.take()
    row = {"id": "m", "context_length": 1000, "owned_by": "x"}
    said = {"m": {"name": "M", "limit": {"context": 9000}}}
    first.lists(row)
    await refresh(finder, one)  # its own source first
    ground.catalogue_lists(one, said)
    ground.catalogue_lists(other, said)
    second.fails(500)
    await read_catalogue(finder)  # here the catalogue first
    second.lists(row)
    await refresh(finder, other)
    documents = []
    for provider_id in (one, other):
        model = await model_of(finder, f"{provider_id}/m")
        for name in ("id", "provider_id", "version", "revision", "create_time", "update_time"):
            model.ClearField(name)
        documents.append(str(model).replace(provider_id, "own"))
    assert documents[0] == documents[1]
    before = ground.tables.traces()
    await read_catalogue(finder)
    assert ground.tables.traces() == before


async def test_what_the_own_source_does_not_list_is_unlisted_until_it_does(ground: Ground, finder: Api) -> None:
    """absence needs evidence: marked and hidden by a complete listing of the own source only, and cleared by the next
    one that has it; the model stays readable by its id."""
    provider_id, provider = ground.take()
    a, b, c = (f"{provider_id}/{name}" for name in "abc")
    provider.fails(500)
    ground.catalogue_lists(provider_id, {"a": {}, "b": {}})
    await read_catalogue(finder)
    assert await listed(finder, provider_id) == [a, b]  # its own source has not spoken yet
    provider.lists("a", "c")
    await refresh(finder, provider_id)
    assert await listed(finder, provider_id) == [a, c]
    assert await listed(finder, provider_id, include_unlisted=True) == [a, b, c]
    unlisted = await model_of(finder, b)
    assert (unlisted.unlisted, list(unlisted.listed_by)) == (True, [CATALOGUE])
    assert not (await model_of(finder, a)).unlisted
    # New in the catalogue, unknown to the own source: unlisted from the first.
    ground.catalogue_lists(provider_id, {"a": {}, "b": {}, "d": {}})
    await read_catalogue(finder)
    assert await listed(finder, provider_id) == [a, c]
    provider.fails(500)
    await problem_free(finder, provider_id)
    assert await listed(finder, provider_id) == [a, c]
    provider.lists("a", "b", "c")
    await refresh(finder, provider_id)
    assert await listed(finder, provider_id) == [a, b, c]
    assert not (await model_of(finder, b)).unlisted
    provider_now = await finder.providers.GetProvider(provider_service_pb2.GetProviderRequest(id=provider_id))
    assert provider_now.provider.model_count == 4
    assert list(provider_now.provider.source_ids) == sorted([CATALOGUE, provider_id])
    assert provider_now.provider.own_source_id == provider_id
    ground.tables.check()


async def problem_free(api: Api, provider_id: str) -> None:
    """A refresh of which one source fails and the other answers."""
    result = await refresh(api, provider_id)
    assert [error.source_id for error in result.errors] == [provider_id]


async def test_a_model_leaves_with_its_last_source(ground: Ground, finder: Api) -> None:
    """absence needs evidence: a model goes when no source lists it any more, and not before."""
    provider_id, provider = ground.take()
    model_id = f"{provider_id}/both"
    provider.lists("both", "other")
    ground.catalogue_lists(provider_id, {"both": {"limit": {"context": 5000}}})
    await read_catalogue(finder)
    provider.lists("other")
    for _ in range(2):
        await refresh(finder, provider_id)
    model = await model_of(finder, model_id)
    assert (list(model.listed_by), model.unlisted, model.context_window) == ([CATALOGUE], True, 5000)
    ground.catalogue_lists(provider_id, {"unrelated": {}})
    for _ in range(2):
        await refresh(finder, provider_id)
    assert (await problem_of(model_of(finder, model_id))).reason == "MODEL_NOT_FOUND"
    ground.tables.check()


async def test_what_was_saved_stays_when_a_source_lists_it(ground: Ground, finder: Api) -> None:
    """saved stays: a source that lists a saved id changes none of its facts; while it does, callers are sent to
    another id; when it no longer does, the model is theirs again."""
    provider_id, provider = ground.take()
    model_id = f"{provider_id}/mine"
    saved = await finder.discovery.SaveModel(pb.SaveModelRequest(model=plain(model_id, "Mine")))
    provider.lists({"id": "mine", "context_length": 1, "name": "Theirs"}, "other")
    await refresh(finder, provider_id)
    model = await model_of(finder, model_id)
    assert (model.display_name, model.context_window) == ("Mine", 8000)
    assert model.field_sources == saved.model.field_sources
    assert list(model.listed_by) == [provider_id]
    assert not model.unlisted
    await refused_as_managed(finder, model_id, [provider_id])
    # Another listing with other facts: still nothing of it.
    provider.lists({"id": "mine", "context_length": 2}, "other")
    await refresh(finder, provider_id)
    assert (await model_of(finder, model_id)).version == model.version
    provider.lists("other")
    for _ in range(2):
        await refresh(finder, provider_id)
    model = await model_of(finder, model_id)
    assert (model.display_name, list(model.listed_by)) == ("Mine", [])
    answer = await finder.discovery.SaveModel(pb.SaveModelRequest(model=plain(model_id, "Mine again")))
    assert answer.model.version == model.version + 1
    assert (await finder.discovery.DeleteModel(pb.DeleteModelRequest(id=model_id))).version == model.version + 2
    ground.tables.check()


async def refused_as_managed(api: Api, model_id: str, sources: list[str]) -> None:
    """Nobody saves or deletes what a source lists."""
    for call in (
        api.discovery.SaveModel(pb.SaveModelRequest(model=plain(model_id, "Other"))),
        api.discovery.DeleteModel(pb.DeleteModelRequest(id=model_id)),
    ):
        problem = await problem_of(call)
        assert problem.short == ("FAILED_PRECONDITION", "MANAGED_BY_SOURCE")
        assert problem.metadata["model_id"] == model_id
        assert problem.metadata["source_ids"] == ",".join(sources)


async def test_what_a_source_lists_nobody_saves(ground: Ground, finder: Api) -> None:
    """saved stays: a model of a source is refused, by name, and nothing changes; once it has left, its id is free to
    save, not to undelete."""
    provider_id, provider = ground.take()
    model_id = f"{provider_id}/theirs"
    provider.lists("theirs", "other")
    await refresh(finder, provider_id)
    before = ground.tables.traces()
    await refused_as_managed(finder, model_id, [provider_id])
    live = await problem_of(finder.discovery.UndeleteModel(pb.UndeleteModelRequest(id=model_id)))
    assert live.short == ("FAILED_PRECONDITION", "MODEL_NOT_DELETED")
    assert ground.tables.traces() == before
    provider.lists("other")
    for _ in range(2):
        await refresh(finder, provider_id)
    gone = await problem_of(finder.discovery.UndeleteModel(pb.UndeleteModelRequest(id=model_id)))
    assert gone.short == ("FAILED_PRECONDITION", "MANAGED_BY_SOURCE")
    answer = await finder.discovery.SaveModel(pb.SaveModelRequest(model=plain(model_id, "Now mine")))
    assert (answer.model.version, answer.model.display_name) == (3, "Now mine")


async def test_a_deleted_private_model_that_a_source_lists_comes_back_as_the_sources(
    ground: Ground, finder: Api
) -> None:
    """saved stays: what its saver deleted is not kept: the source's facts are served."""
    provider_id, provider = ground.take()
    model_id = f"{provider_id}/deleted"
    await finder.discovery.SaveModel(pb.SaveModelRequest(model=plain(model_id, "Mine")))
    await finder.discovery.DeleteModel(pb.DeleteModelRequest(id=model_id))
    provider.lists({"id": "deleted", "name": "Theirs"})
    await refresh(finder, provider_id)
    model = await model_of(finder, model_id)
    assert (model.version, model.display_name, list(model.listed_by)) == (3, "Theirs", [provider_id])
    assert not model.HasField("context_window")
