"""What switches work while servers run: the cache, and what watchers are told."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from modeldex.v1 import discovery_service_pb2 as pb
from modeldex.v1 import subscriber_service_pb2 as feed
from modeldex.v1.cache_pb2 import CACHE_TIER_DATABASE
from modeldex.v1.cache_service_pb2 import GetCacheStatsRequest
from modeldex.v1.cache_service_pb2_grpc import CacheServiceStub
from modeldex.v1.subscriber_service_pb2_grpc import SubscriberServiceStub
from modeldex.v1.subscription_pb2 import SUBSCRIPTION_TYPE_ALL_UPDATES, Subscription
from modeldex.v1.update_pb2 import UpdateEvent
from modeldex_client import AsyncClient, DiscoveryConfiguration, NotificationsDisabled
from modeldex_server.store.embedded import EmbeddedServer
from support.api import Api, connect, problem_of
from support.databases import empty_database
from support.deliveries import kept
from support.models import new_id, plain
from support.servers import ServerProcess
from support.waiting import eventually
from support.watching import Recorder, watching

# What is written on one replica holds on the other after about a second. A slow machine may take longer.
ABOUT_A_SECOND = 10.0


@dataclass
class Replica:
    """A server and a caller of it."""

    server: ServerProcess
    api: Api

    async def configure(self, **fields: bool) -> None:
        """Change the configuration by a call here."""
        request = pb.UpdateConfigurationRequest(configuration=pb.DiscoveryConfiguration(**fields))
        await self.api.discovery.UpdateConfiguration(request)

    async def caches(self) -> bool:
        """Whether copies are kept here."""
        answer = await CacheServiceStub(self.api.channel).GetCacheStats(GetCacheStatsRequest())
        return bool(answer.policies.cache_enabled)

    async def notifies(self) -> bool:
        """Whether a watch can be opened here."""
        async with watching(self.api) as recorder:
            return recorder.problem is None

    async def loads(self) -> int:
        """How often models were read from PostgreSQL here."""
        answer = await CacheServiceStub(self.api.channel).GetCacheStats(GetCacheStatsRequest())
        return sum(tier.load_count for tier in answer.stats.tiers if tier.tier == CACHE_TIER_DATABASE)

    async def get(self, model_id: str, after: int = 0) -> pb.GetModelResponse:
        request = pb.GetModelRequest(id=model_id, min_revision=after)
        answer: pb.GetModelResponse = await self.api.discovery.GetModel(request)
        return answer

    async def save(self, name: str = "") -> str:
        """A new model; its id."""
        model = plain(new_id(), name)
        await self.api.discovery.SaveModel(pb.SaveModelRequest(model=model))
        return model.id


@pytest.fixture(scope="module")
def servers(
    postgres: EmbeddedServer, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[ServerProcess, ServerProcess]]:
    folder = tmp_path_factory.mktemp("live")
    with empty_database(postgres, template) as url:
        first, second = (ServerProcess(folder / name, database_url=url) for name in ("first", "second"))
        with first.launch(), second.launch():
            yield first.wait_until_ready(), second.wait_until_ready()


@pytest.fixture
async def replicas(servers: tuple[ServerProcess, ServerProcess]) -> AsyncIterator[tuple[Replica, Replica]]:
    """Two replicas, with everything switched on before and after."""
    async with connect(servers[0].address) as first, connect(servers[1].address) as second:
        pair = Replica(servers[0], first), Replica(servers[1], second)
        yield pair
        await pair[0].configure(cache_enabled=True, notifications_enabled=True)
        await in_force(pair[1], cache_enabled=True, notifications_enabled=True)


async def in_force(replica: Replica, **fields: bool) -> None:
    """Wait until a replica does what the configuration says."""

    async def does() -> bool:
        found = {name: await getattr(replica, _LOOKS[name])() for name in fields}
        return found == fields

    await eventually(does, f"{fields} to be in force", patience=ABOUT_A_SECOND)


_LOOKS = {"cache_enabled": "caches", "notifications_enabled": "notifies"}


async def test_the_cache_is_switched_on_every_replica(replicas: tuple[Replica, Replica]) -> None:
    """switched off: on the replica that is asked at once, on the other within about a second. Then every read asks
    PostgreSQL, and nothing old is answered; switched on again, copies are kept again."""
    here, there = replicas
    model_id = await here.save("before")
    await there.get(model_id, (await here.get(model_id)).model.revision)
    for replica in replicas:
        await eventually(lambda replica=replica: _held(replica, model_id), "the model to be in memory")
    await here.configure(cache_enabled=False)
    assert not await here.caches()
    await in_force(there, cache_enabled=False)
    for replica in replicas:
        before = await replica.loads()
        for _ in range(5):
            assert (await replica.get(model_id)).model.display_name == "before"
        assert await replica.loads() - before == 5
    saved = await here.api.discovery.SaveModel(pb.SaveModelRequest(model=plain(model_id, "after")))
    assert (await here.get(model_id)).model.display_name == "after"
    assert (await there.get(model_id, saved.revision)).model.display_name == "after"
    await there.configure(cache_enabled=True)
    await in_force(here, cache_enabled=True)
    for replica in replicas:
        await eventually(lambda replica=replica: _held(replica, model_id), "the model to be in memory again")


async def _held(replica: Replica, model_id: str) -> bool:
    """Whether a read is answered without PostgreSQL."""
    await replica.get(model_id)
    before = await replica.loads()
    await replica.get(model_id)
    return await replica.loads() == before


async def test_the_time_that_copies_live_is_changed(replicas: tuple[Replica, Replica]) -> None:
    """switched off: cache_ttl holds on every replica for what is copied from then on."""
    here, there = replicas
    change = pb.UpdateConfigurationRequest(configuration=pb.DiscoveryConfiguration())
    change.configuration.cache_ttl.FromSeconds(77)
    await here.api.discovery.UpdateConfiguration(change)

    async def ttl_of(replica: Replica) -> int:
        answer = await CacheServiceStub(replica.api.channel).GetCacheStats(GetCacheStatsRequest())
        return int(answer.policies.discovery_ttl.seconds)

    assert await ttl_of(here) == 77

    async def there_too() -> bool:
        return await ttl_of(there) == 77

    await eventually(there_too, "the TTL to be in force", patience=ABOUT_A_SECOND)


async def test_watches_end_and_go_on_without_a_gap(replicas: tuple[Replica, Replica]) -> None:
    """switched off: open watches of both replicas end with NOTIFICATIONS_DISABLED and new ones fail with it, those of
    subscriptions among them; switched on again, each goes on with its token and misses nothing of what happened
    meanwhile."""
    here, there = replicas
    subscribers = SubscriberServiceStub(here.api.channel)
    wanted = Subscription(client_id="one", type=SUBSCRIPTION_TYPE_ALL_UPDATES)
    created = await subscribers.CreateSubscription(feed.CreateSubscriptionRequest(subscription=wanted))
    plainly, subscribed = feed.WatchRequest(), feed.WatchRequest(subscription_id=created.subscription.id)
    async with (
        watching(here.api, plainly) as first,
        watching(there.api, plainly) as second,
        watching(there.api, subscribed) as third,
    ):
        recorders = first, second, third
        seen = [await here.save()]
        for recorder in recorders:
            await recorder.having(lambda one: _ids(one.updates), "the first model")
        await kept(there.api, created.subscription, third.updates[-1].revision)
        await here.configure(notifications_enabled=False)
        for recorder in recorders:
            problem = await recorder.ended()
            assert problem is not None
            assert problem.short == ("FAILED_PRECONDITION", "NOTIFICATIONS_DISABLED")
    seen += [await here.save(), await there.save()]
    for refused in (plainly, subscribed):
        problem = await problem_of(subscribers.Watch(refused, timeout=20).read())
        assert (problem.reason, problem.retry_after) == ("NOTIFICATIONS_DISABLED", None)
    await there.configure(notifications_enabled=True)
    await in_force(here, notifications_enabled=True)
    for replica, before, request in (
        (here, first, _resuming(first)),
        (there, second, _resuming(second)),
        (here, third, subscribed),
    ):
        async with watching(replica.api, request) as recorder:
            await recorder.having(lambda one: len(_ids(one.updates)) >= 2, "what happened meanwhile")
            assert _ids(before.updates) + _ids(recorder.updates) == seen


def _resuming(recorder: Recorder) -> feed.WatchRequest:
    return feed.WatchRequest(options=feed.WatchOptions(resume_token=recorder.token))


def _ids(updates: list[UpdateEvent]) -> list[str]:
    return [update.model.model_id for update in updates if update.HasField("model")]


async def test_a_client_is_told_and_can_go_on(replicas: tuple[Replica, Replica]) -> None:
    """switched off: a watch of the client library does not try for ever; it raises NotificationsDisabled, and its token
    goes on where it was."""
    here, _ = replicas
    async with AsyncClient(here.server.address) as client, client.watch() as watch:
        seen = [await here.save()]
        got = [(await anext(watch)).model.model_id]
        changing = asyncio.create_task(
            client.discovery.update_configuration(DiscoveryConfiguration(notifications_enabled=False))
        )
        begun = time.monotonic()
        with pytest.raises(NotificationsDisabled):
            await anext(watch)
        assert time.monotonic() - begun < ABOUT_A_SECOND
        await changing
        seen.append(await here.save())
        await client.discovery.update_configuration(DiscoveryConfiguration(notifications_enabled=True))
        async with client.watch(resume_token=watch.resume_token) as again:
            got.append((await anext(again)).model.model_id)
    assert got == seen


async def test_what_the_owner_fixes_cannot_be_switched(postgres: EmbeddedServer, template: str, tmp_path: Path) -> None:
    """switched off: by the server's settings it is off from the start, and no call switches it on."""
    settings = {"MODELDEX_DISCOVERY__CACHE_ENABLED": "false", "MODELDEX_DISCOVERY__NOTIFICATIONS_ENABLED": "false"}
    with (
        empty_database(postgres, template) as url,
        ServerProcess(tmp_path, database_url=url, settings=settings) as server,
    ):
        await asyncio.to_thread(server.start)
        async with connect(server.address) as api:
            one = Replica(server, api)
            assert not await one.caches()
            problem = await problem_of(SubscriberServiceStub(api.channel).Watch(feed.WatchRequest(), timeout=20).read())
            assert problem.reason == "NOTIFICATIONS_DISABLED"
            for fields in ({"cache_enabled": True}, {"notifications_enabled": True}):
                assert (await problem_of(one.configure(**fields))).reason == "CONFIGURATION_FIXED"
