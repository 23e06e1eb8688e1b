"""The past over gRPC: models and lists as of a time or a revision, refusals in their words, and the command."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from modeldex.v1 import discovery_service_pb2 as pb
from modeldex_client import Client, FutureTime, ModelNotFound
from support.api import Api, Problem, problem_of
from support.commands import run
from support.models import new_id, plain
from support.pairs import Pair
from support.waiting import eventually
from unit.client.servers import ask_async, ask_sync


async def _saved(api: Api, model_id: str, name: str) -> pb.SaveModelResponse:
    return await api.discovery.SaveModel(pb.SaveModelRequest(model=plain(model_id, name)))


def _in(span: timedelta) -> Timestamp:
    stamp = Timestamp()
    stamp.FromDatetime(datetime.now(UTC) + span)
    return stamp


async def test_a_model_as_of_its_times_and_its_revisions(api: Api, other_api: Api) -> None:
    """as it was: on every replica; and the answer names the revision. What is current is read as ever, before and
    after."""
    model_id = new_id()
    first, second = await _saved(api, model_id, "One"), await _saved(api, model_id, "Two")
    current = pb.GetModelRequest(id=model_id)
    for reader in (api, other_api):
        for saved in (first, second):
            await reader.discovery.GetModel(pb.GetModelRequest(id=model_id, min_revision=second.revision))
            by_revision = await reader.discovery.GetModel(
                pb.GetModelRequest(id=model_id, as_of_revision=saved.revision)
            )
            by_time = await reader.discovery.GetModel(
                pb.GetModelRequest(id=model_id, as_of_time=saved.model.update_time)
            )
            for then in (by_revision, by_time):
                assert (then.model, then.as_of_revision) == (saved.model, saved.revision)
                assert then.revision >= second.revision
        now = await reader.discovery.GetModel(current)
        assert (now.model, now.as_of_revision) == (second.model, 0)


async def test_pages_stay_at_the_revision_of_the_first(api: Api, other_api: Api) -> None:
    """as it was: a list as of a time goes on where it began, on another replica and after other writes."""
    provider = new_id().replace("/", "-")
    ids = [f"{provider}/{number}" for number in range(5)]
    for model_id in ids:
        last = await _saved(api, model_id, "One")
    request = pb.ListModelsRequest(page_size=2, as_of_time=last.model.update_time, include_total_size=True)
    request.filter.provider_ids.append(provider)
    found: list[str] = []
    for reader in (api, other_api, api):
        page = await reader.discovery.ListModels(request)
        assert (page.as_of_revision, page.total_size) == (last.revision, 5)
        assert {model.display_name for model in page.models} == {"One"}
        found += [model.id for model in page.models]
        request.page_token = page.next_page_token
        await _saved(api, ids[4], "Two")
        await _saved(api, f"{provider}/another-{len(found)}", "Two")
    assert found == ids
    assert not request.page_token


async def test_a_token_is_of_its_own_time_only(api: Api) -> None:
    """stable pages: the token of a list as of the past is none of another time, nor of the present, nor the reverse."""
    for _ in range(3):
        saved = await _saved(api, new_id(), "")
    then = pb.ListModelsRequest(page_size=1, as_of_revision=saved.revision)
    earlier = pb.ListModelsRequest(page_size=1, as_of_revision=saved.revision - 1)
    now = pb.ListModelsRequest(page_size=1)
    for one, others in ((then, (earlier, now)), (now, (then,))):
        token = (await api.discovery.ListModels(one)).next_page_token
        for other in others:
            other.page_token = token
            problem = await problem_of(api.discovery.ListModels(other))
            assert problem.short == ("INVALID_ARGUMENT", "INVALID_PAGE_TOKEN")
            other.page_token = ""


@pytest.mark.parametrize(
    ("fields", "short"),
    [
        ({"as_of_revision": 10**15}, ("OUT_OF_RANGE", "FUTURE_REVISION")),
        ({"as_of_time": _in(timedelta(days=365))}, ("OUT_OF_RANGE", "FUTURE_TIME")),
        ({"as_of_time": Timestamp(seconds=253402300799)}, ("OUT_OF_RANGE", "FUTURE_TIME")),
        ({"as_of_revision": -1}, ("INVALID_ARGUMENT", "INVALID_REQUEST")),
        ({"as_of_time": Timestamp(nanos=-1)}, ("INVALID_ARGUMENT", "INVALID_REQUEST")),
        ({"as_of_time": Timestamp(seconds=253402300800)}, ("INVALID_ARGUMENT", "INVALID_REQUEST")),
    ],
)
async def test_a_past_that_is_none_is_refused(api: Api, fields: dict[str, object], short: tuple[str, str]) -> None:
    """typed errors: what is yet to come, and what is no time or revision at all, by both methods."""
    model_id = new_id()
    await _saved(api, model_id, "")
    for call in (
        api.discovery.GetModel(pb.GetModelRequest(id=model_id, **fields)),  # type: ignore[arg-type] # of its fields
        api.discovery.ListModels(pb.ListModelsRequest(**fields)),  # type: ignore[arg-type]
    ):
        assert (await problem_of(call)).short == short


async def test_before_the_beginning_there_is_no_model(api: Api) -> None:
    """as it was: revision 0, and a time before the first, are the empty catalogue, and no error of a list."""
    model_id = new_id()
    await _saved(api, model_id, "")
    beginnings: list[dict[str, object]] = [{"as_of_revision": 0}, {"as_of_time": Timestamp(seconds=-62135596800)}]
    for fields in beginnings:
        get = pb.GetModelRequest(id=model_id, **fields)  # type: ignore[arg-type] # of its fields
        problem = await problem_of(api.discovery.GetModel(get))
        assert problem.short == ("NOT_FOUND", "MODEL_NOT_FOUND")
        listed = await api.discovery.ListModels(pb.ListModelsRequest(include_total_size=True, **fields))  # type: ignore[arg-type]
        assert (len(listed.models), listed.total_size, listed.as_of_revision) == (0, 0, 0)


async def test_what_sources_said_before_is_not_kept(api: Api) -> None:
    """typed errors: raw records of the past are refused by the name of the field."""
    request = pb.GetModelRequest(id=new_id(), include_raw_records=True, as_of_revision=0)
    problem = await problem_of(api.discovery.GetModel(request))
    assert problem.short == ("INVALID_ARGUMENT", "INVALID_REQUEST")
    assert set(problem.violations) == {"include_raw_records"}


async def test_min_revision_is_waited_for_first(api: Api) -> None:
    """read your write: a revision that this replica has not heard of yet is late, and no future."""
    request = pb.GetModelRequest(id=new_id(), min_revision=10**15, as_of_revision=10**15)

    async def refused() -> Problem | None:
        problem = await problem_of(api.discovery.GetModel(request, timeout=1))
        return problem if problem.reason else None  # the caller's own clock may be first to end the call

    problem = await eventually(refused, "the server to answer within the deadline")
    assert problem is not None
    assert problem.short == ("UNAVAILABLE", "REVISION_NOT_REACHED")


async def test_the_client_reads_the_past(pair: Pair) -> None:
    """Both halves take a time, in any zone, or a revision."""
    model_id = new_id()
    with Client(pair.first.address) as client:
        first = client.models.save(plain(model_id, "One")).model
        client.models.save(plain(model_id, "Two"))
    time = first.update_time.ToDatetime(UTC)

    tomorrow = datetime.now(UTC) + timedelta(days=1)
    for ask in (ask_sync, ask_async):
        for as_of in (first.revision, time, time.astimezone()):
            got = await ask(pair.first.address, lambda client, as_of=as_of: client.models.get(model_id, as_of=as_of))
            assert got == first
            page = await ask(
                pair.first.address, lambda client, as_of=as_of: client.models.list(as_of=as_of).first_page()
            )
            assert page.as_of_revision == first.revision
        with pytest.raises(FutureTime):
            await ask(pair.first.address, lambda client: client.models.get(model_id, as_of=tomorrow))
        with pytest.raises(ModelNotFound):
            await ask(pair.first.address, lambda client: client.models.get(model_id, as_of=0))


def test_the_command_shows_a_model_as_it_was(pair: Pair) -> None:
    """By revision and by time, with the version that it was; and what cannot be in one line."""
    at, model_id = pair.first.address, new_id()
    with Client(at) as client:
        first = client.models.save(plain(model_id, "Before")).model
        client.models.save(plain(model_id, "After"))
    time = first.update_time.ToDatetime(UTC).isoformat()
    for as_of in (f"r{first.revision}", str(first.revision), time):
        done = run(at, "models", "get", model_id, "--as-of", as_of)
        assert done.code == 0
        assert "Before" in done.out
        assert f"version 1, committed at revision {first.revision:,}." in done.err
    then = run(at, "models", "get", model_id, "--as-of", f"r{first.revision}", "--json")
    assert json.loads(then.out)["displayName"] == "Before"
    absent = run(at, "models", "get", model_id, "--as-of", f"r{first.revision - 1}")
    assert (absent.code, absent.out) == (3, "")
    assert f"As of revision {first.revision - 1:,} there was no model {model_id}." in absent.err
    assert f"modeldex history {model_id}" in absent.err
    with Client(at) as client:
        gone = client.models.delete(model_id).revision
    assert f"{model_id} was deleted." in run(at, "models", "get", model_id, "--as-of", f"r{gone}").err
    assert "yet to come" in run(at, "models", "get", model_id, "--as-of", "2999-01-01").err
    assert "--as-of takes a time or a revision" in run(at, "models", "get", model_id, "--as-of", "May").err
    assert "not both" in run(at, "models", "get", model_id, "--as-of", "r1", "--raw").err


def test_the_command_lists_models_as_they_were(pair: Pair) -> None:
    """The list says which revision it is as of, and is the same in JSON."""
    at, provider = pair.first.address, new_id().replace("/", "-")
    with Client(at) as client:
        then = client.models.save(plain(f"{provider}/one", "Before")).revision
        client.models.save(plain(f"{provider}/one", "After"))
        client.models.save(plain(f"{provider}/two"))
    done = run(at, "models", "list", "-p", provider, "--as-of", f"r{then}")
    assert f"As of revision {then:,}: 1 model." in done.err
    listed = run(at, "models", "list", "-p", provider, "--as-of", str(then), "--json").out.splitlines()
    assert [json.loads(line)["displayName"] for line in listed] == ["Before"]
    found = run(at, "models", "search", provider, "--as-of", f"r{then}", "-q")
    assert found.out.split() == [f"{provider}/one"]
    none = run(at, "models", "list", "-p", provider, "--as-of", "1999-12-31")
    assert "As of revision 0: there was no model yet." in none.err
