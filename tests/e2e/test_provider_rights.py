"""Who has no right to a provider never sees it: not in an answer, not on a stream, not in an error."""

from __future__ import annotations

import asyncio
import json
import random
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
import pytest
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message

from modeldex.v1 import cache_service_pb2 as cache
from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import history_pb2, update_pb2
from modeldex.v1 import history_service_pb2 as history
from modeldex.v1 import invalidation_pb2 as invalidation
from modeldex.v1 import provider_service_pb2 as provider
from modeldex.v1 import subscriber_service_pb2 as subscriber
from modeldex.v1 import subscription_pb2 as subscription
from modeldex_client import AccessChanged, AsyncClient
from modeldex_server.store.embedded import EmbeddedServer
from support.api import Problem, problem_of, read_problem
from support.checks import Catalogue
from support.databases import empty_database
from support.models import plain
from support.principals import METHODS, Caller, TokensFile, own_channel
from support.providers import FakeProvider, Says, fake_provider
from support.questions import HIDDEN, NO_ROLLBACK, NOBODY, OPEN, REQUESTS, SECOND, SHARED, SNAPSHOT, entry, published
from support.servers import ServerProcess
from support.waiting import eventually
from support.watching import Recorder, check_snapshot, copy_of

ALL_ROLES = ("admin", "publisher")
_EVENTS_SECONDS = 1.5  # for which events of the cache are listened to
_OPEN_MODELS = (f"{OPEN}/one", f"{OPEN}/two")

# What differs between two answers without telling anything of a provider: places in the log, times, and how busy the
# feed and the cache are as a whole.
_VOLATILE = re.compile(
    r"revision|.*Revision|.*Time|time|uptime|duration|lag|storage|replicas|redis|resumeToken|nextPageToken|memoryBytes"
    r"|subscriptionCount|retryAfter|version|id|subscription.*|requestId|stream|refreshing"
    r"|totalEventsPublished|.*Deliveries|deliveryCount|.*PerMinute|.*PerSecond|batches|active.*|issues|.*Lag.*"
    r"|entryCount|(answer|process)Bytes|(request|hit|miss|eviction|set|delete|droppedFill|storedEntry|access)Count"
    r"|(hit|miss)Rate|memoryPressure|invalidationNumber|tiers|tier|evictions|priorities|inMemory.*|remainingTtl"
)


@dataclass
class Place:
    """A server with a catalogue of two providers, one of which has a source of its own, and who may call it."""

    server: ServerProcess
    principals: TokensFile
    tables: Catalogue
    catalogue: FakeProvider
    own: FakeProvider
    tokens: dict[str, str]

    @asynccontextmanager
    async def caller(self, name: str) -> AsyncIterator[Caller]:
        """A channel of one's own for a principal."""
        async with own_channel(self.server.address, self.tokens[name]) as caller:
            yield caller


@pytest.fixture(scope="module")
def place(postgres: EmbeddedServer, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("rights")
    principals = TokensFile(folder / "tokens.toml")
    tokens = {
        "root": principals.add("root", *ALL_ROLES),
        "limited": principals.add("limited", *ALL_ROLES, "approver", providers=[OPEN]),
        "moved": principals.add("moved", "reader", providers=[OPEN]),
        "steady": principals.add("steady", "reader", providers=[OPEN]),
        "leaving": principals.add("leaving", "reader", providers=[OPEN]),
        "demoted": principals.add("demoted", "admin", providers=[OPEN]),
    }
    with ExitStack() as stack:
        url = stack.enter_context(empty_database(postgres, template))
        catalogue, own = stack.enter_context(fake_provider()), stack.enter_context(fake_provider())
        catalogue.says = Says(body=json.dumps(_catalogue()).encode())
        own.lists("one", "two", "three")
        tables = Catalogue(url)
        tables.run("UPDATE discovery_state SET running = false")
        settings = {
            "MODELDEX_TOKENS_FILE": str(principals.path),
            "MODELDEX_DISCOVERY__RETRY_ATTEMPTS": "0",
            "MODELDEX_SOURCES__CATALOGUE__KIND": "models_dev",
            "MODELDEX_SOURCES__CATALOGUE__URL": catalogue.url,
            f"MODELDEX_SOURCES__{HIDDEN.upper()}__KIND": "openai_compatible",
            f"MODELDEX_SOURCES__{HIDDEN.upper()}__URL": own.url,
        }
        server = stack.enter_context(ServerProcess(folder / "server", database_url=url, settings=settings))
        yield Place(server.start(), principals, tables, catalogue, own, tokens)
        assert server.left_behind == []


@pytest.fixture(autouse=True)
async def _filled(place: Place) -> None:
    """Both providers have models, the hidden one has failed and come back, and rights are as they were."""
    async with place.caller("root") as root, place.caller("moved") as moving:

        async def is_as_before() -> bool:
            return await count(moving, HIDDEN) == 0

        await eventually(is_as_before, "the file of tokens to be read")
        if await count(root, OPEN) == len(_OPEN_MODELS):
            return
        place.own.fails(500)
        await refreshed(root)
        place.own.lists("one", "two", "three")
        await refreshed(root)


def _catalogue() -> dict[str, Any]:
    listed = {OPEN: ("one", "two"), HIDDEN: ("one", "two")}
    return {
        name: {"id": name, "name": name.title(), "models": {one: {"id": one, "name": one} for one in models}}
        for name, models in listed.items()
    }


async def refreshed(caller: Caller, *providers: str) -> list[discovery.RefreshResult]:
    """Refresh providers; what became of each."""
    request = discovery.RefreshProvidersRequest(provider_ids=providers)
    return [answer.result async for answer in caller.open(request, timeout=60)]


async def all_ids(place: Place) -> set[str]:
    """The ids of all models."""
    async with place.caller("root") as root:
        return {model.id for model in (await root.ask(discovery.ListModelsRequest(page_size=500))).models}


async def count(caller: Caller, provider_id: str) -> int:
    """How many models of a provider a caller is told of."""
    stats = await caller.ask(discovery.GetModelStatsRequest())
    return int(stats.models_by_provider[provider_id])


_TOLD = update_pb2.CapabilityUpdate(type=update_pb2.CAPABILITY_UPDATE_TYPE_UPDATED, capability="vision")


# Those that tell whoever may see it of a provider.
TELLING = {name for name in REQUESTS if name.startswith(("Watch", "Refresh", "List", "GetModel", "GetProvider"))}
TELLING |= {"BatchGetModels", "ValidateModelCapabilities", "GetStatus"}
TELLING |= {"GetEntry", "BatchGetEntries", "HasEntry", "CountEntries", "GetEntryTtl", "GetCacheStats"}
TELLING |= {"GetInvalidationStats"}
TELLING -= {"ListSubscriptions", "ListDeadLetters", "ListInvalidationStrategies", "ListInvalidationRules"}
TELLING -= {"WatchCacheEvents"}  # it tells of what happens, and then nothing does


async def both(caller: Caller, one: Message, other: Message, head: int) -> tuple[Any, Any]:
    """What a caller is told by two requests at once."""
    told = await asyncio.gather(outcome(caller, one, head), outcome(caller, other, head))
    return told[0], told[1]


async def outcome(caller: Caller, request: Message, head: int) -> Any:
    """What a caller is told, without what changes from one time to the next."""
    try:
        if METHODS[request.DESCRIPTOR.full_name].server_streaming:
            return [_plain(one) for one in await _streamed(caller, request, head)]
        return _plain(await caller.ask(request, timeout=60))
    except grpc.aio.AioRpcError as error:
        return _told(read_problem(error))


async def _streamed(caller: Caller, request: Message, head: int) -> list[Message]:
    """What a stream brings until it is through a revision, or its end; however it is cut into messages."""
    if isinstance(request, cache.WatchCacheEventsRequest):
        return await _heard(caller, request)
    call = caller.open(request, timeout=60)
    if isinstance(request, discovery.RefreshProvidersRequest):
        return sorted([answer async for answer in call], key=lambda one: one.result.provider_id)
    told: list[Message] = []
    async for message in call:
        told += getattr(message, "snapshot_models", ())
        told += [update for update in message.updates if update.revision <= head]
        if message.revision >= head:
            break
    call.cancel()
    return told


async def _heard(caller: Caller, request: Message) -> list[Message]:
    """Events of the cache for a while. The server ends half a second before the deadline, unless it is held up."""
    heard: list[Message] = []
    try:
        async for answer in caller.open(request, timeout=_EVENTS_SECONDS):
            heard += answer.events
    except grpc.aio.AioRpcError as error:
        if error.code() != grpc.StatusCode.DEADLINE_EXCEEDED:
            raise
    return heard


def _plain(message: Message) -> Any:
    told = MessageToDict(message)
    if told.get("state") == "DISCOVERY_STATE_STOPPING":  # for as long as a refresh runs, whatever it is of
        told["state"] = "DISCOVERY_STATE_STOPPED"
    return _without_volatile(told)


def _without_volatile(told: Any) -> Any:
    if isinstance(told, dict):
        return {
            key: _without_volatile(value)
            for key, value in told.items()
            # The ids of models, providers and sources have a meaning, those of what is made for a caller have none.
            if not _VOLATILE.fullmatch(key) or (key == "id" and "/" in str(value)) or (key == "id" and "kind" in told)
        }
    return [_without_volatile(one) for one in told] if isinstance(told, list) else told


def _told(problem: Problem) -> dict[str, Any]:
    return {"code": problem.code.name, "reason": problem.reason, "text": problem.message, "metadata": problem.metadata}


_TARGETS = (
    invalidation.InvalidationTarget(key=f"{HIDDEN}/one"),
    invalidation.InvalidationTarget(provider_id=HIDDEN),
    invalidation.InvalidationTarget(tags=invalidation.InvalidationTags(tags=[f"of-{HIDDEN}"])),
)
_MODES = (invalidation.INVALIDATION_MODE_HARD, invalidation.INVALIDATION_MODE_SOFT)


async def stir(root: Caller, ending: asyncio.Event) -> int:
    """Whatever may happen to a provider happens to the hidden one, until the end; how often."""
    choice, done = random.Random(7), 0
    soon = datetime.now(UTC) + timedelta(days=5)
    while not ending.is_set():
        model = plain(f"{HIDDEN}/private-{choice.randrange(3)}", name=f"name {choice.randrange(100)}")
        model.capabilities["vision"].flag = choice.random() < 0.5
        model.lifecycle.retirement_time.FromDatetime(soon)
        requests: list[Message] = [
            discovery.SaveModelRequest(model=model, reason=f"of {HIDDEN}"),
            discovery.DeleteModelRequest(id=model.id),
            discovery.UndeleteModelRequest(id=model.id),
            subscriber.PublishUpdatesRequest(updates=published(HIDDEN)),
            discovery.RefreshProviderRequest(provider_id=HIDDEN),
            discovery.GetModelRequest(id=f"{HIDDEN}/one"),
            cache.SetEntryRequest(entry=entry(f"{HIDDEN}/one")),
            cache.DeleteEntryRequest(namespace=SHARED, key=f"{HIDDEN}/one"),
            cache.BatchGetEntriesRequest(namespace=SHARED, keys=[f"{HIDDEN}/one", f"{HIDDEN}/two"]),
            cache.InvalidateRequest(target=choice.choice(_TARGETS), mode=choice.choice(_MODES)),
            history.PinModelRequest(model_id=f"{HIDDEN}/one", reason=f"of {HIDDEN}"),
            history.UnpinModelRequest(model_id=f"{HIDDEN}/one"),
            history.RequestRollbackRequest(model_id=model.id, target_version=choice.randint(1, 9), reason="back"),
        ]
        try:
            await root.ask(choice.choices(requests, [6, 2, 2, 2, 1, 4, 4, 1, 4, 2, 2, 2, 3])[0])
        except grpc.aio.AioRpcError as error:
            if error.code() not in (grpc.StatusCode.NOT_FOUND, grpc.StatusCode.FAILED_PRECONDITION):
                raise
        done += 1
        await asyncio.sleep(0.01)
    return done


def test_every_method_of_the_contract_is_walked() -> None:
    """provider rights: a method that nobody thought of here could tell what it should not."""
    assert {method.name for method in METHODS.values()} == set(REQUESTS)


async def test_nothing_tells_of_a_hidden_provider(place: Place) -> None:
    """provider rights: whatever is asked, a provider without a right to it is as one that does not exist, in all words
    but the name that the caller itself gave; while whatever may happen to it happens."""
    async with place.caller("root") as root, place.caller("limited") as limited:
        for request in (*REQUESTS["GetModel"](HIDDEN), *REQUESTS["BatchGetModels"](HIDDEN)):
            await outcome(root, request, 0)  # so that the answers are at hand
        ending = asyncio.Event()
        stirring = asyncio.create_task(stir(root, ending))
        try:
            for name, requests in REQUESTS.items():
                for hidden, nobody in zip(requests(HIDDEN), requests(NOBODY), strict=True):
                    head = (await root.ask(discovery.GetModelStatsRequest())).revision
                    of_nobody, of_hidden = await both(limited, nobody, hidden, head)
                    assert HIDDEN not in json.dumps(of_nobody), f"{name} told of it unasked: {of_nobody}"
                    assert json.loads(json.dumps(of_hidden).replace(HIDDEN, NOBODY)) == of_nobody, name
        finally:
            ending.set()
            stirred = await stirring
    assert stirred > 50


async def test_the_walk_would_see_it(place: Place) -> None:
    """A test of the test above: who has the right is told of the provider, or told something else."""
    async with place.caller("root") as root:
        await root.ask(cache.InvalidateRequest(target=invalidation.InvalidationTarget(provider_id=HIDDEN)))
        await root.ask(cache.SetEntryRequest(entry=entry(f"{HIDDEN}/one")))
        await rolled_back(root)
        await root.ask(history.PinModelRequest(model_id=f"{HIDDEN}/one", reason="To be seen."))
        head = (await root.ask(discovery.GetModelStatsRequest())).revision
        for name in sorted(TELLING):
            seen = False
            for hidden, nobody in zip(REQUESTS[name](HIDDEN), REQUESTS[name](NOBODY), strict=True):
                of_nobody, of_hidden = await both(root, nobody, hidden, head)
                seen |= HIDDEN in json.dumps(of_nobody)
                seen |= json.dumps(of_hidden).replace(HIDDEN, NOBODY) != json.dumps(of_nobody)
            assert seen, name
        await root.ask(history.UnpinModelRequest(model_id=f"{HIDDEN}/one"))


async def rolled_back(root: Caller) -> history_pb2.Rollback:
    """A rollback of a hidden model, which breaks what its name says: it waits for approval."""
    model = plain(f"{HIDDEN}/rolled-back")
    for window in (4000, 8000):
        model.context_window = window
        version = (await root.ask(discovery.SaveModelRequest(model=model))).model.version
    request = history.RequestRollbackRequest(model_id=model.id, target_version=version - 1, reason="Back.")
    answer = await root.ask(request)
    await root.ask(discovery.DeleteModelRequest(id=model.id))
    return answer.rollback  # type: ignore[no-any-return] # of the answer's type


async def test_a_rollback_of_a_hidden_model_is_as_none(place: Place) -> None:
    """provider rights: who knows its id is told what one is told of an id that nothing has, whatever it asks."""
    async with place.caller("root") as root, place.caller("limited") as limited:
        rollback = await rolled_back(root)
        for name in ("GetRollback", "ApproveRollback", "RejectRollback", "CancelRollback"):
            (of_nobody,) = REQUESTS[name](HIDDEN)
            of_hidden = type(of_nobody).FromString(of_nobody.SerializeToString())
            of_hidden.rollback_id = rollback.id  # type: ignore[attr-defined] # all four have one
            told = [await outcome(limited, one, 0) for one in (of_nobody, of_hidden)]
            assert json.loads(json.dumps(told[1]).replace(rollback.id, NO_ROLLBACK)) == told[0], name


async def test_only_who_sees_all_cleans_up_all(place: Place) -> None:
    """provider rights: what would be purged of others is not even counted; of a model of one's own it is."""
    async with place.caller("limited") as limited:
        for request in (history.CleanupHistoryRequest(dry_run=True), history.CleanupHistoryRequest()):
            assert (await problem_of(limited.ask(request))).reason == "PROVIDER_DENIED"
        own = history.CleanupHistoryRequest(model_id=f"{OPEN}/one", dry_run=True)
        assert (await limited.ask(own)).dry_run


async def test_counts_are_of_what_is_seen(place: Place) -> None:
    """provider rights: totals of lists, of statistics and of the status count nothing that is hidden, page by page."""
    async with place.caller("limited") as limited:
        listed = await limited.ask(discovery.ListModelsRequest(page_size=1, include_total_size=True))
        providers = await limited.ask(provider.ListProvidersRequest(include_total_size=True))
        stats = await limited.ask(discovery.GetModelStatsRequest())
        status = await limited.ask(discovery.GetStatusRequest())
        assert (listed.total_size, stats.total_models, status.total_models) == (2, 2, 2)
        assert (providers.total_size, status.total_providers, status.active_providers) == (1, 1, 1)
        assert [(one.id, one.model_count) for one in status.sources] == [("catalogue", 2)]
        rest = await limited.ask(discovery.ListModelsRequest(page_size=1, page_token=listed.next_page_token))
        assert [model.id for page in (listed, rest) for model in page.models] == list(_OPEN_MODELS)
        assert rest.next_page_token == ""


@pytest.mark.parametrize("statistics", [subscriber.GetEventStatsRequest(), subscriber.GetPublishStatsRequest()])
async def test_statistics_count_no_update_that_may_be_about_hidden_models_only(
    place: Place, statistics: Message
) -> None:
    """provider rights: which models the update of a capability named is not kept, so who does not see all has none."""
    told = update_pb2.CapabilityUpdate(type=3, capability="vision", gained_model_ids=[f"{HIDDEN}/one"])
    async with place.caller("root") as root, place.caller("limited") as limited:
        await root.ask(subscriber.PublishUpdatesRequest(updates=[update_pb2.UpdateEvent(capability=told)]))

        async def is_counted() -> bool:
            return "capability_updated" in {one.key for one in (await root.ask(statistics)).events_by_type.top}

        await eventually(is_counted, "the update to be counted")
        keys = {one.key for one in (await limited.ask(statistics)).events_by_type.top}
        assert "model_added" in keys
        assert "capability_updated" not in keys


async def test_what_one_has_a_right_to_can_be_changed(place: Place) -> None:
    """provider rights: saved, deleted, brought back, published and refreshed; and nothing else is."""
    async with place.caller("limited") as limited:
        model = plain(f"{OPEN}/private")
        assert (await limited.ask(discovery.SaveModelRequest(model=model))).changed
        await limited.ask(discovery.DeleteModelRequest(id=model.id))
        assert (await limited.ask(discovery.UndeleteModelRequest(id=model.id))).model.version == 3
        await limited.ask(discovery.DeleteModelRequest(id=model.id))
        updates = [*published(OPEN), *published(HIDDEN), update_pb2.UpdateEvent(capability=_TOLD)]
        results = (await limited.ask(subscriber.PublishUpdatesRequest(updates=updates))).results
        assert [bool(one.problems) for one in results] == [False] * 8 + [True] * 8 + [False]
        assert all("that you have a right to" in text for one in results for text in one.problems)
        asked = place.own.calls
        assert [one.provider_id for one in await refreshed(limited)] == [OPEN]
        assert [one.provider_id for one in await refreshed(limited, OPEN)] == [OPEN]
        assert place.own.calls == asked


async def test_a_failing_catalogue_fails_for_those_of_its_providers_that_are_seen(place: Place) -> None:
    """provider rights: a refresh in a scope tells of no other provider, and makes none known that nobody lists."""
    place.principals.change("limited", providers=[OPEN, "unheard-of"])
    async with place.caller("limited") as limited:
        await admitted(limited, "unheard-of")
        said, place.catalogue.says = place.catalogue.says, Says(status=500)
        try:
            (result,) = await refreshed(limited)
        finally:
            place.catalogue.says = said
        assert (result.provider_id, [one.source_id for one in result.errors]) == (OPEN, ["catalogue"])
        assert [one.provider_id for one in await refreshed(limited)] == [OPEN]
        assert [one.id for one in (await limited.ask(provider.ListProvidersRequest())).providers] == [OPEN]
    place.principals.change("limited", providers=[OPEN])


async def admitted(caller: Caller, provider_id: str, *, seen: bool = True) -> None:
    """Wait until the server has read that a caller may see a provider, or may not."""
    update = update_pb2.UpdateEvent(model=update_pb2.ModelUpdate(model_id=f"{provider_id}/one"))

    async def is_so() -> bool:
        answer = await caller.ask(subscriber.PublishUpdatesRequest(updates=[update]))
        return seen != any("right" in problem for problem in answer.results[0].problems)

    await eventually(is_so, "the file of tokens to be read")


@asynccontextmanager
async def moved(place: Place, *providers: str) -> AsyncIterator[None]:
    """The principal "moved" has these providers in the block, and the open one after it."""
    place.principals.change("moved", providers=list(providers))
    try:
        yield
    finally:
        place.principals.change("moved", providers=[OPEN])


async def test_a_change_ends_the_streams_that_it_affects_and_no_other(place: Place) -> None:
    """provider rights: with other providers ACCESS_CHANGED, without a token UNAUTHENTICATED, without the role
    PERMISSION_DENIED; whoever keeps what it had notices nothing."""
    names = ("moved", "steady", "leaving", "demoted", "root")
    async with AsyncExitStack() as stack:
        callers = {name: await stack.enter_async_context(place.caller(name)) for name in names}
        streams = {
            name: await stack.enter_async_context(callers[name].recorded(subscriber.WatchRequest()))
            for name in ("moved", "steady", "leaving", "root")
        }
        for stream in streams.values():
            await stream.having(lambda one: one.messages, "a stream to begin")
        with place.catalogue.held():
            calls = place.catalogue.calls
            refresh = asyncio.create_task(refreshed(callers["demoted"]))
            await eventually(_is(lambda: place.catalogue.calls > calls), "the refresh to wait")
            async with moved(place, OPEN, HIDDEN):
                place.principals.change("demoted", roles=["reader"])
                place.principals.remove("leaving")
                assert await _reason(streams["moved"]) == "ACCESS_CHANGED"
                assert await _reason(streams["leaving"]) == "UNAUTHENTICATED"
                with pytest.raises(grpc.aio.AioRpcError) as refused:
                    await refresh
                assert read_problem(refused.value).reason == "PERMISSION_DENIED"
        saved = await callers["root"].ask(discovery.SaveModelRequest(model=plain(f"{OPEN}/seen")))
        deleted = await callers["root"].ask(discovery.DeleteModelRequest(id=f"{OPEN}/seen"))
        for name in ("steady", "root"):
            await streams[name].through(deleted.revision)
            revisions = {update.revision for update in streams[name].updates if update.HasField("model")}
            assert {saved.revision, deleted.revision} <= revisions, name
    place.principals.change("demoted", roles=["admin"])
    place.tokens["leaving"] = place.principals.add("leaving", "reader", providers=[OPEN])


async def test_after_a_grant_a_snapshot_has_what_was_hidden_and_after_its_end_none_has(place: Place) -> None:
    """provider rights: before and after; a place in the log, or in a list, of other rights is no place any more, and
    that of the same rights is one again."""
    snapshot, hidden = subscriber.WatchRequest(options=SNAPSHOT), discovery.GetModelRequest(id=f"{HIDDEN}/one")
    async with place.caller("moved") as caller, AsyncExitStack() as stack:
        narrow = await stack.enter_async_context(caller.recorded(snapshot))
        await narrow.having(_is_complete, "a snapshot")
        assert set(copy_of(narrow.messages)) == set(_OPEN_MODELS)
        page = (await caller.ask(discovery.ListModelsRequest(page_size=1))).next_page_token
        async with moved(place, OPEN, HIDDEN):
            assert await _reason(narrow) == "ACCESS_CHANGED"
            assert await _resumed(caller, narrow.token) == "ACCESS_CHANGED"
            listed = await problem_of(caller.ask(discovery.ListModelsRequest(page_size=1, page_token=page)))
            assert listed.reason == "INVALID_PAGE_TOKEN"
            wide = await stack.enter_async_context(caller.recorded(snapshot))
            await wide.having(_is_complete, "a snapshot")
            check_snapshot(wide.messages)
            assert set(copy_of(wide.messages)) == await all_ids(place)
            assert (await caller.ask(hidden)).model.id == hidden.id
        assert await _reason(wide) == "ACCESS_CHANGED"
        assert await _resumed(caller, wide.token) == "ACCESS_CHANGED"
        assert await _resumed(caller, narrow.token) == ""
        gone = await problem_of(caller.ask(hidden))
        assert (gone.reason, gone.metadata["state"]) == ("MODEL_NOT_FOUND", "unknown")
        again = await stack.enter_async_context(caller.recorded(snapshot))
        await again.having(_is_complete, "a snapshot")
        assert set(copy_of(again.messages)) == set(_OPEN_MODELS)


async def test_a_subscription_shows_what_its_caller_may_see_now(place: Place) -> None:
    """provider rights: its streams end with a change and go on with the new rights, from where they were."""
    async with place.caller("root") as root, place.caller("moved") as caller:
        wanted = subscription.Subscription(client_id="moved", type=subscription.SUBSCRIPTION_TYPE_ALL_UPDATES)
        request = subscriber.CreateSubscriptionRequest(subscription=wanted, after_revision=0)
        made = (await caller.ask(request)).subscription
        watch = subscriber.WatchRequest(subscription_id=made.id)
        watch.options.bookmark_interval.CopyFrom(SECOND)
        async with caller.recorded(watch) as narrow:
            await narrow.through((await caller.ask(discovery.GetModelStatsRequest())).revision)
            async with moved(place, OPEN, HIDDEN):
                assert await _reason(narrow) == "ACCESS_CHANGED"
                saved = await root.ask(discovery.SaveModelRequest(model=plain(f"{HIDDEN}/subscribed")))
                async with caller.recorded(watch) as wide:
                    await wide.through(saved.revision)
                    assert f"{HIDDEN}/subscribed" in {update.model.model_id for update in wide.updates}
        assert narrow.updates
        assert HIDDEN not in str(narrow.updates)
        await root.ask(discovery.DeleteModelRequest(id=f"{HIDDEN}/subscribed"))


def _is(condition: Callable[[], bool]) -> Callable[[], Awaitable[bool]]:
    async def holds() -> bool:
        return condition()

    return holds


def _is_complete(stream: Recorder) -> bool:
    return any(message.snapshot_complete for message in stream.messages)


async def _reason(stream: Recorder) -> str:
    """Why a stream ended, which it must within seconds."""
    async with asyncio.timeout(15):
        problem = await stream.ended()
    return problem.reason if problem is not None else ""


async def _resumed(caller: Caller, token: str) -> str:
    """Why a stream does not go on after a token; "" where it does."""
    request = subscriber.WatchRequest(options=subscriber.WatchOptions(resume_token=token))
    async with caller.recorded(request) as stream:
        await stream.having(lambda one: one.messages or one.code is not None, "an answer")
        return stream.problem.reason if stream.problem is not None else ""


async def test_a_client_replica_drops_what_it_may_not_see_any_more(place: Place) -> None:
    """provider rights: a copy in another process follows them, and so does a watch that may take snapshots; one that
    may not ends with the error."""
    async with AsyncClient(place.server.address, token=place.tokens["moved"]) as client:
        plain_watch, renewed = client.watch(), client.watch(snapshot=True)
        async with client.replica() as replica, plain_watch, renewed:
            await replica.ready()
            assert set(replica.models) == set(_OPEN_MODELS)
            assert [(await anext(renewed)).model.model_id for _ in _OPEN_MODELS] == list(_OPEN_MODELS)
            ids = sorted(await all_ids(place))
            async with moved(place, OPEN, HIDDEN):
                await eventually(_is(lambda: set(replica.models) == set(ids)), "the replica to have what was granted")
                with pytest.raises(AccessChanged):
                    await anext(plain_watch)
                assert [(await anext(renewed)).model.model_id for _ in ids] == ids
            await eventually(_is(lambda: set(replica.models) == set(_OPEN_MODELS)), "the replica to drop it again")
            assert replica.trouble is None
