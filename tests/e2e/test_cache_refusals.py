"""Who may not ask something of the cache, what of it is switched off, and what it has no room for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import grpc
import pytest
from google.protobuf.message import Message

from modeldex.v1 import cache_pb2
from modeldex.v1 import cache_service_pb2 as cache
from modeldex.v1 import invalidation_pb2 as pb
from modeldex_server.security.roles import REQUIRED, Role, granted
from modeldex_server.store.embedded import EmbeddedServer
from support.api import problem_of
from support.cache_calls import entry, invalidating, new_namespace, setting, span
from support.checks import Catalogue
from support.databases import empty_database
from support.principals import METHODS, Caller, TokensFile, own_channel
from support.questions import REQUESTS
from support.servers import ServerProcess

MINE, THEIRS = "acme/one", "birch/one"
_MOST_ENTRIES = 5


@dataclass(frozen=True)
class Place:
    """A server on which little is allowed, and who may call it."""

    server: ServerProcess
    tables: Catalogue
    tokens: dict[str, str]

    @asynccontextmanager
    async def caller(self, name: str) -> AsyncIterator[Caller]:
        """A channel of one's own for a principal."""
        async with own_channel(self.server.address, self.tokens[name]) as caller:
            yield caller


@pytest.fixture(scope="module")
def place(postgres: EmbeddedServer, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("refusals")
    principals = TokensFile(folder / "tokens.toml")
    tokens = {role.value: principals.add(role.value, role.value) for role in Role}
    tokens["limited"] = principals.add("limited", "admin", providers=["acme"])
    settings = {
        "MODELDEX_TOKENS_FILE": str(principals.path),
        "MODELDEX_CACHE__MAX_ENTRIES": str(_MOST_ENTRIES),
        "MODELDEX_CACHE__MAX_RULES": "1",
        "MODELDEX_CACHE__STRATEGIES__TAG_INVALIDATION__ENABLED": "false",
        "MODELDEX_CACHE__STRATEGIES__PROVIDER_UPDATE__ENABLED": "false",
        "MODELDEX_CACHE__STRATEGIES__VERSION_CHANGE__ENABLED": "false",
        "MODELDEX_CACHE__STRATEGIES__TTL__ENABLED": "false",
    }
    with empty_database(postgres, template) as url:
        tables = Catalogue(url)
        with ServerProcess(folder / "server", database_url=url, settings=settings) as server:
            yield Place(server.start(), tables, tokens)
        assert server.left_behind == []


@pytest.fixture
async def root(place: Place) -> AsyncIterator[Caller]:
    """An admin with a right to all providers, of an empty cache."""
    async with place.caller("admin") as caller:
        await caller.ask(cache.ClearCacheRequest())
        yield caller


@pytest.fixture
async def limited(place: Place) -> AsyncIterator[Caller]:
    """An admin with a right to one provider."""
    async with place.caller("limited") as caller:
        yield caller


@pytest.mark.parametrize("role", Role)
async def test_each_method_needs_its_role(place: Place, role: Role) -> None:
    """role table: a reader that writes, and a writer that steers, are told which role they need."""
    async with place.caller(role.value) as caller:
        for method in METHODS.values():
            if method.containing_service.name != "CacheService":
                continue
            required = REQUIRED[f"{method.containing_service.full_name}/{method.name}"]
            if required in granted([role]):
                continue
            request = next(iter(REQUESTS[method.name]("acme")))
            call = caller.open(request).read() if method.server_streaming else caller.ask(request)
            problem = await problem_of(call)
            assert problem.short == ("PERMISSION_DENIED", "PERMISSION_DENIED"), method.name
            assert required.value in problem.message


async def test_who_shows_no_token_is_nobody(place: Place) -> None:
    """UNAUTHENTICATED: for every method, reading ones among them."""
    options = (("grpc.use_local_subchannel_pool", 1), ("grpc.enable_retries", 0))
    async with grpc.aio.insecure_channel(place.server.address, options=options) as channel:
        for request in (cache.GetEntryRequest(key=MINE), setting("n"), cache.GetCacheStatsRequest()):
            problem = await problem_of(Caller(channel).ask(request))
            assert problem.short == ("UNAUTHENTICATED", "UNAUTHENTICATED")


async def test_a_reader_changes_nothing(place: Place, root: Caller) -> None:
    """role table: it reads what others set."""
    namespace = new_namespace()
    await root.ask(setting(namespace))
    async with place.caller("reader") as reader:
        assert (await problem_of(reader.ask(setting(namespace, priority=9)))).reason == "PERMISSION_DENIED"
        found = (await reader.ask(cache.GetEntryRequest(namespace=namespace, key=MINE))).entry
    assert found.priority == 0


async def test_entries_of_hidden_providers_are_not_there(root: Caller, limited: Caller) -> None:
    """provider rights: they are read, counted and listed as if nobody had set them."""
    namespace = new_namespace()
    await root.ask(cache.BatchSetEntriesRequest(entries=[entry(namespace, key) for key in (MINE, THEIRS)]))
    batch = await limited.ask(cache.BatchGetEntriesRequest(namespace=namespace, keys=[THEIRS, MINE]))
    assert ([one.key for one in batch.entries], list(batch.missing_keys)) == ([MINE], [THEIRS])
    assert not (await limited.ask(cache.HasEntryRequest(namespace=namespace, key=THEIRS))).exists
    for request in (
        cache.GetEntryRequest(namespace=namespace, key=THEIRS),
        cache.GetEntryTtlRequest(namespace=namespace, key=THEIRS),
    ):
        assert (await problem_of(limited.ask(request))).short == ("NOT_FOUND", "ENTRY_NOT_FOUND")
    listed = await limited.ask(cache.ListEntriesRequest(namespace=namespace))
    assert [one.key for one in listed.entries] == [MINE]
    assert (await limited.ask(cache.CountEntriesRequest(namespace=namespace))).count == 1
    told = (await limited.ask(cache.GetCacheStatsRequest())).stats
    assert [one.key for one in told.providers.top] == ["acme"]


async def test_what_is_of_a_hidden_provider_cannot_be_changed(root: Caller, limited: Caller) -> None:
    """provider rights: PROVIDER_DENIED, also for a batch of which a part is one's own; nothing is changed."""
    namespace = new_namespace()
    before = (await root.ask(setting(namespace, THEIRS))).entry
    for request in (
        setting(namespace, THEIRS, priority=9),
        cache.BatchSetEntriesRequest(entries=[entry(namespace, MINE), entry(namespace, THEIRS)]),
        cache.DeleteEntryRequest(namespace=namespace, key=THEIRS),
        cache.BatchDeleteEntriesRequest(namespace=namespace, keys=[MINE, THEIRS]),
        cache.SetEntryTtlRequest(namespace=namespace, key=THEIRS, ttl=span(1)),
    ):
        problem = await problem_of(limited.ask(request))
        assert problem.short == ("PERMISSION_DENIED", "PROVIDER_DENIED"), request
        assert problem.metadata == {"provider_id": "birch", "principal": "limited"}
    listed = (await root.ask(cache.ListEntriesRequest(namespace=namespace))).entries
    assert [(one.key, one.entry_version) for one in listed] == [(THEIRS, before.entry_version)]
    assert (await limited.ask(setting(namespace, MINE))).entry.entry_version


_RULE = pb.InvalidationRule(name="r", actions=[pb.InvalidationAction(notify="n")])


@pytest.mark.parametrize(
    "request_",
    [
        invalidating(key=MINE),
        invalidating(provider_id="acme"),
        invalidating(all=True),
        cache.ClearCacheRequest(),
        cache.ClearCacheRequest(namespace="n"),
        cache.CleanupCacheRequest(),
        cache.RefreshProviderEntriesRequest(provider_id="acme"),
        cache.CreateInvalidationRuleRequest(rule=_RULE),
        cache.GetInvalidationRuleRequest(rule_id="r"),
        cache.ListInvalidationRulesRequest(),
        cache.UpdateInvalidationRuleRequest(rule_id="r", rule=_RULE),
        cache.DeleteInvalidationRuleRequest(rule_id="r"),
        cache.EvaluateInvalidationRuleRequest(rule=_RULE),
    ],
)
async def test_who_steers_needs_a_right_to_all_providers(
    root: Caller, limited: Caller, place: Place, request_: Message
) -> None:
    """provider rights: what steers the cache is about all of it, so it is an admin's of all of it."""
    await root.ask(setting("n"))
    problem = await problem_of(limited.ask(request_))
    assert problem.short == ("PERMISSION_DENIED", "PROVIDER_DENIED")
    assert "all providers" in problem.message
    assert (await root.ask(cache.CountEntriesRequest(namespace="n"))).count == 1
    assert place.tables.rows("SELECT count(*) FROM invalidation_rule") == [(0,)]


async def test_events_are_of_what_one_may_see(root: Caller, limited: Caller) -> None:
    """provider rights: of entries, and of invalidations, of providers that one has a right to; rules may name any."""
    namespace = new_namespace()
    stream = limited.open(cache.WatchCacheEventsRequest(), timeout=60)
    await stream.read()
    for key in (THEIRS, MINE):
        await root.ask(setting(namespace, key))
        await root.ask(cache.GetEntryRequest(namespace=namespace, key=key))
        await root.ask(invalidating(key=key))
    rule = (await root.ask(cache.CreateInvalidationRuleRequest(rule=_RULE))).rule
    await root.ask(cache.DeleteInvalidationRuleRequest(rule_id=rule.id))
    await root.ask(invalidating(all=True))
    await root.ask(setting(namespace, MINE, tags=["last"]))
    events: list[cache_pb2.CacheEvent] = []
    while not (events and "last" in events[-1].entry.tags):
        events += (await stream.read()).events
    stream.cancel()
    assert {one.entry.key for one in events if one.HasField("entry")} == {MINE}
    targets = [one.invalidation.target for one in events if one.HasField("invalidation")]
    assert [one.key for one in targets] == [MINE]
    assert not any(one.HasField("rule") for one in events)


@pytest.mark.parametrize(
    ("given", "strategy"),
    [
        ({"tags": ["t"]}, "tag_invalidation"),
        ({"all": True, "reason": pb.INVALIDATION_REASON_TAG_INVALIDATION}, "tag_invalidation"),
        ({"provider_id": "acme"}, "provider_update"),
        ({"key": MINE, "reason": pb.INVALIDATION_REASON_PROVIDER_UPDATE}, "provider_update"),
        ({"key": MINE, "expected_version": 1}, "version_change"),
        ({"expired": True}, "ttl"),
    ],
)
async def test_a_strategy_that_is_switched_off_says_so(root: Caller, given: dict[str, object], strategy: str) -> None:
    """STRATEGY_DISABLED, with the setting's name; nothing is invalidated, and the history says that it failed."""
    namespace = new_namespace()
    await root.ask(setting(namespace, tags=["t"]))
    problem = await problem_of(root.ask(invalidating(**given)))
    assert problem.short == ("FAILED_PRECONDITION", "STRATEGY_DISABLED")
    assert problem.metadata == {"strategy": strategy}
    assert f"cache.strategies.{strategy}.enabled" in problem.message
    assert (await root.ask(cache.HasEntryRequest(namespace=namespace, key=MINE))).exists
    (newest,) = (await root.ask(cache.ListInvalidationsRequest(page_size=1))).invalidations
    assert newest.error_reason == "STRATEGY_DISABLED"
    listed = (await root.ask(cache.ListInvalidationStrategiesRequest())).strategies
    assert not next(one.enabled for one in listed if one.name == strategy)


async def test_one_entry_too_many_is_refused_and_the_rest_stays(root: Caller) -> None:
    """TOO_MANY_ENTRIES: alone and in a batch; a deletion, and a change of what is there, are none too many."""
    namespace = new_namespace()
    keys = [f"acme/{number}" for number in range(_MOST_ENTRIES + 1)]
    batch = cache.BatchSetEntriesRequest(entries=[entry(namespace, key) for key in keys])
    assert (await problem_of(root.ask(batch))).short == ("RESOURCE_EXHAUSTED", "TOO_MANY_ENTRIES")
    assert (await root.ask(cache.CountEntriesRequest(namespace=namespace))).count == 0
    for key in keys[:_MOST_ENTRIES]:
        await root.ask(setting(namespace, key))
    problem = await problem_of(root.ask(setting(namespace, keys[-1])))
    assert problem.short == ("RESOURCE_EXHAUSTED", "TOO_MANY_ENTRIES")
    assert problem.metadata == {"limit": str(_MOST_ENTRIES)}
    await root.ask(setting(namespace, keys[0], priority=9))
    await root.ask(cache.DeleteEntryRequest(namespace=namespace, key=keys[0]))
    await root.ask(setting(namespace, keys[-1]))
    assert (await root.ask(cache.CountEntriesRequest(namespace=namespace))).count == _MOST_ENTRIES


async def test_one_rule_too_many_is_refused(root: Caller) -> None:
    """TOO_MANY_RULES: until one is deleted."""
    request = cache.CreateInvalidationRuleRequest(rule=_RULE)
    made = (await root.ask(request)).rule
    problem = await problem_of(root.ask(request))
    assert problem.short == ("RESOURCE_EXHAUSTED", "TOO_MANY_RULES")
    assert problem.metadata == {"limit": "1"}
    await root.ask(cache.DeleteInvalidationRuleRequest(rule_id=made.id))
    made = (await root.ask(request)).rule
    await root.ask(cache.DeleteInvalidationRuleRequest(rule_id=made.id))
