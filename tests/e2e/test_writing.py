"""Saving, deleting and undeleting, as two servers answer."""

from __future__ import annotations

import asyncio
import random
import uuid
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from modeldex.v1 import discovery_service_pb2 as pb
from modeldex.v1 import model_pb2
from support.api import Api, connect, problem_of
from support.models import new_id, plain, savable
from support.pairs import Pair

SAID: dict[str, dict[str, Any]] = {
    "first": {"tags": ["b", "a"], "amount": "2.50", "order": ("vision", "reasoning")},
    "again": {"tags": ["a", "b", "a"], "amount": "2.5", "order": ("reasoning", "vision")},
    "longer": {"tags": ["b", "b", "a"], "amount": "02.500", "order": ("vision", "reasoning")},
}


def said(model_id: str, *, tags: list[str], amount: str, order: tuple[str, ...]) -> model_pb2.Model:
    """One model, said in one of several ways."""
    model = model_pb2.Model(id=model_id, tags=tags)
    for name in order:
        model.capabilities[name].flag = True
    model.prices["input"].CopyFrom(model_pb2.Price(amount=amount, unit=model_pb2.PRICE_UNIT_MILLION_TOKENS))
    return model


async def test_saving_the_same_again_leaves_no_trace(api: Api, other_api: Api, pair: Pair) -> None:
    """silent no-op: another order of keys and sets, another spelling of a decimal: no version, event or revision."""
    model_id = new_id()
    first = await api.discovery.SaveModel(pb.SaveModelRequest(model=said(model_id, **SAID["first"])))
    before = pair.catalogue.traces()
    for way in ("first", "again", "longer"):
        for caller in (api, other_api):
            answer = await caller.discovery.SaveModel(pb.SaveModelRequest(model=said(model_id, **SAID[way])))
            assert (answer.changed, answer.model.version) == (False, 1)
    assert pair.catalogue.traces() == before
    assert first.changed
    audited = pair.catalogue.rows("SELECT outcome FROM audit_event WHERE resource = %s ORDER BY id", [model_id])
    assert [outcome for (outcome,) in audited] == ["changed", *["unchanged"] * 6]


async def test_a_saved_model_is_read_back_whole(api: Api) -> None:
    """read your write: the answer of the save is what every read gives, with its version and its revision."""
    model_id = new_id()
    saved = await api.discovery.SaveModel(pb.SaveModelRequest(model=plain(model_id, "One")))
    got = await api.discovery.GetModel(pb.GetModelRequest(id=model_id))
    listed = await api.discovery.ListModels(pb.ListModelsRequest(filter=pb.ModelFilter(query=model_id)))
    batch = await api.discovery.BatchGetModels(pb.BatchGetModelsRequest(ids=[model_id]))
    assert saved.model == got.model == listed.models[0] == batch.models[0]
    assert saved.model.revision == saved.revision > 0
    assert saved.model.create_time == saved.model.update_time
    assert set(saved.model.field_sources.values()) == {"private"}
    assert saved.model.prices["input"].amount == "2.5"


@pytest.fixture(scope="module")
def callers(pair: Pair) -> Any:
    """An event loop with a caller, for tests that make many examples."""
    with asyncio.Runner() as runner:
        yield runner, pair


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(savable("acme/any"), savable("acme/any"))
def test_whatever_may_be_saved_is_read_back_as_it_was_said(
    callers: Any, one: model_pb2.Model, other: model_pb2.Model
) -> None:
    """diff laws, read your write: any two documents after each other are kept exactly, with the changes between."""
    runner, pair = callers
    runner.run(_save_both(pair, new_id(), one, other))


async def _save_both(pair: Pair, model_id: str, *models: model_pb2.Model) -> None:
    async with connect(pair.first.address) as api:
        for model in models:
            model.id = model_id
            try:
                answer = await api.discovery.SaveModel(pb.SaveModelRequest(model=model), timeout=20)
            except Exception as error:
                problem = await problem_of(_raised(error))
                # Control characters and the like: refused as what they are, whole.
                assert problem.short == ("INVALID_ARGUMENT", "INVALID_REQUEST"), problem
                continue
            got = await api.discovery.GetModel(pb.GetModelRequest(id=model_id))
            assert got.model == answer.model
            assert sorted(set(model.tags)) == list(got.model.tags)
            assert model.capabilities == got.model.capabilities
            assert model.metadata == got.model.metadata


async def _raised(error: Exception) -> None:
    raise error


async def test_what_was_deleted_comes_back_as_it_was(api: Api, other_api: Api) -> None:
    """version chain: deleting and undeleting are versions; what comes back is the document that went."""
    model_id = new_id()
    saved = await api.discovery.SaveModel(pb.SaveModelRequest(model=plain(model_id, "One")))
    deleted = await other_api.discovery.DeleteModel(pb.DeleteModelRequest(id=model_id, expected_version=1))
    assert (deleted.version, deleted.revision > saved.revision) == (2, True)
    problem = await problem_of(api.discovery.GetModel(pb.GetModelRequest(id=model_id, min_revision=deleted.revision)))
    assert (problem.short, problem.metadata["state"]) == (("NOT_FOUND", "MODEL_NOT_FOUND"), "deleted")
    again = await problem_of(api.discovery.DeleteModel(pb.DeleteModelRequest(id=model_id)))
    assert again.short == ("NOT_FOUND", "MODEL_NOT_FOUND")
    back = await api.discovery.UndeleteModel(pb.UndeleteModelRequest(id=model_id))
    assert (back.model.version, back.model.display_name) == (3, "One")
    assert back.model.create_time == saved.model.create_time
    live = await problem_of(api.discovery.UndeleteModel(pb.UndeleteModelRequest(id=model_id)))
    assert (live.short, live.metadata["version"]) == (("FAILED_PRECONDITION", "MODEL_NOT_DELETED"), "3")


async def test_saving_a_deleted_model_undeletes_it(api: Api, pair: Pair) -> None:
    """version chain: saving goes on from the version that deleted."""
    model_id = new_id()
    await api.discovery.SaveModel(pb.SaveModelRequest(model=plain(model_id, "One")))
    await api.discovery.DeleteModel(pb.DeleteModelRequest(id=model_id))
    never = pb.SaveModelRequest(model=plain(model_id, "Two"), expected_version=0)
    assert (await problem_of(api.discovery.SaveModel(never))).short == ("ABORTED", "VERSION_MISMATCH")
    saved = await api.discovery.SaveModel(pb.SaveModelRequest(model=plain(model_id, "One"), expected_version=2))
    assert (saved.model.version, saved.changed) == (3, True)
    operations = pair.catalogue.rows(
        "SELECT operation FROM model_version WHERE model_id = %s ORDER BY version", [model_id]
    )
    assert operations == [(1,), (3,), (4,)]
    pair.catalogue.check_versions()


async def test_deleted_models_are_shown_where_asked_for(api: Api) -> None:
    """stable pages: include_deleted shows the version that deleted."""
    model_id = new_id()
    await api.discovery.SaveModel(pb.SaveModelRequest(model=plain(model_id, "One")))
    await api.discovery.DeleteModel(pb.DeleteModelRequest(id=model_id))
    wanted = pb.ModelFilter(query=model_id)
    hidden = await api.discovery.ListModels(pb.ListModelsRequest(filter=wanted))
    assert not hidden.models
    wanted.include_deleted = True
    shown = await api.discovery.ListModels(pb.ListModelsRequest(filter=wanted))
    assert [(model.id, model.version, model.display_name) for model in shown.models] == [(model_id, 2, "One")]


async def test_a_request_sent_many_times_at_once_is_done_once(pair: Pair, api: Api, other_api: Api) -> None:
    """done once: the same request_id at the same time on two servers: one version, one answer."""
    model_id, request_id = new_id(), str(uuid.uuid4())
    request = pb.SaveModelRequest(model=plain(model_id, "One"), request_id=request_id, expected_version=0)
    before = pair.catalogue.head
    answers = await asyncio.gather(
        *((api, other_api)[at % 2].discovery.SaveModel(request, timeout=30) for at in range(24))
    )
    assert {answer.SerializeToString(deterministic=True) for answer in answers} == {
        answers[0].SerializeToString(deterministic=True)
    }
    assert (answers[0].model.version, answers[0].revision) == (1, before + 1)
    assert pair.catalogue.head == before + 1


async def test_the_first_answer_is_given_also_after_later_writes(api: Api, other_api: Api) -> None:
    """done once: sent again after others wrote, a request gets its first answer and changes nothing."""
    model_id = new_id()
    first = pb.SaveModelRequest(model=plain(model_id, "One"), request_id=str(uuid.uuid4()))
    answer = await api.discovery.SaveModel(first)
    await api.discovery.SaveModel(pb.SaveModelRequest(model=plain(model_id, "Two")))
    deletion = pb.DeleteModelRequest(id=model_id, request_id=str(uuid.uuid4()))
    deleted = await api.discovery.DeleteModel(deletion)
    assert await other_api.discovery.SaveModel(first) == answer
    assert await other_api.discovery.DeleteModel(deletion) == deleted
    undeletion = pb.UndeleteModelRequest(id=model_id, request_id=str(uuid.uuid4()))
    undeleted = await api.discovery.UndeleteModel(undeletion)
    assert await other_api.discovery.UndeleteModel(undeletion) == undeleted
    assert undeleted.model.version == 4


async def test_another_request_under_the_same_id_is_refused(api: Api, other_api: Api, pair: Pair) -> None:
    """done once: a request_id names one request; another model, document, method or reason is another request."""
    model_id, request_id = new_id(), str(uuid.uuid4())
    first = pb.SaveModelRequest(model=plain(model_id, "One"), request_id=request_id)
    await api.discovery.SaveModel(first)
    before = pair.catalogue.traces()
    others = (
        other_api.discovery.SaveModel(pb.SaveModelRequest(model=plain(model_id, "Two"), request_id=request_id)),
        other_api.discovery.SaveModel(pb.SaveModelRequest(model=plain(new_id(), "One"), request_id=request_id)),
        api.discovery.SaveModel(pb.SaveModelRequest(model=first.model, request_id=request_id, reason="why")),
        api.discovery.DeleteModel(pb.DeleteModelRequest(id=model_id, request_id=request_id)),
        api.discovery.StopDiscovery(pb.StopDiscoveryRequest(request_id=request_id)),
    )
    for call in others:
        problem = await problem_of(call)
        assert problem.short == ("ALREADY_EXISTS", "REQUEST_ID_REUSED")
        assert problem.metadata == {"request_id": request_id}
    assert pair.catalogue.traces() == before


async def test_a_request_that_was_refused_may_be_sent_again(api: Api) -> None:
    """done once: a refusal is no answer to keep: the same request_id works once the cause is gone."""
    model_id, request_id = new_id(), str(uuid.uuid4())
    request = pb.DeleteModelRequest(id=model_id, request_id=request_id)
    assert (await problem_of(api.discovery.DeleteModel(request))).reason == "MODEL_NOT_FOUND"
    await api.discovery.SaveModel(pb.SaveModelRequest(model=plain(model_id)))
    assert (await api.discovery.DeleteModel(request)).version == 2


async def test_a_refused_save_leaves_nothing_but_its_audit_row(api: Api, pair: Pair) -> None:
    """one transaction: a refused write leaves no model, version, event or answer; that it was tried is kept."""
    model_id = new_id()
    before = pair.catalogue.traces()
    request = pb.SaveModelRequest(model=plain(model_id), expected_version=3, request_id=str(uuid.uuid4()))
    problem = await problem_of(api.discovery.SaveModel(request))
    assert problem.short == ("ABORTED", "VERSION_MISMATCH")
    assert (problem.metadata["expected_version"], problem.metadata["current_version"]) == ("3", "0")
    assert pair.catalogue.traces() == before
    query = "SELECT method, outcome, principal FROM audit_event WHERE resource = %s"
    assert pair.catalogue.rows(query, [model_id]) == [("SaveModel", "VERSION_MISMATCH", "local")]
    assert pair.catalogue.rows("SELECT 1 FROM request WHERE request_id = %s", [request.request_id]) == []


async def test_writers_that_go_away_leave_whole_writes(pair: Pair) -> None:
    """one transaction: callers that give up in the middle leave a version whole or not at all."""
    model_ids = [new_id() for _ in range(4)]
    chance = random.Random(7)
    async with connect(pair.first.address) as api:

        async def impatient(number: int) -> None:
            call = api.discovery.SaveModel(pb.SaveModelRequest(model=plain(chance.choice(model_ids), str(number))))
            await asyncio.sleep(chance.uniform(0, 0.02))
            call.cancel()

        await asyncio.gather(*(impatient(number) for number in range(60)))
        # Writes that go on are before this one: its model is locked last.
        for model_id in model_ids:
            await api.discovery.SaveModel(pb.SaveModelRequest(model=plain(model_id, "last")), timeout=30)
    pair.catalogue.check()
