"""Subscriptions as callers manage them: a real server, several principals, every RPC and what it refuses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask

from modeldex.v1 import condition_pb2, update_pb2
from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import subscriber_service_pb2 as api
from modeldex.v1 import subscription_pb2 as pb
from modeldex_server.store.embedded import EmbeddedServer
from support.api import problem_of
from support.checks import Catalogue
from support.databases import empty_database
from support.principals import Caller, TokensFile
from support.servers import ServerProcess
from support.watching import after

LIMIT = 12
ALL, MODELS, PROVIDERS = (
    pb.SUBSCRIPTION_TYPE_ALL_UPDATES,
    pb.SUBSCRIPTION_TYPE_MODEL_UPDATES,
    pb.SUBSCRIPTION_TYPE_PROVIDER_UPDATES,
)
ACTIVE, PAUSED, ERROR, EXPIRED = (
    pb.SUBSCRIPTION_STATUS_ACTIVE,
    pb.SUBSCRIPTION_STATUS_PAUSED,
    pb.SUBSCRIPTION_STATUS_ERROR,
    pb.SUBSCRIPTION_STATUS_EXPIRED,
)
MISSING = ("NOT_FOUND", "SUBSCRIPTION_NOT_FOUND")
NO_FILTER = ("NOT_FOUND", "SUBSCRIPTION_FILTER_NOT_FOUND")
INVALID = ("INVALID_ARGUMENT", "INVALID_REQUEST")
GONE = ("FAILED_PRECONDITION", "SUBSCRIPTION_EXPIRED")
STALE = ("ABORTED", "VERSION_MISMATCH")
REUSED = ("ALREADY_EXISTS", "REQUEST_ID_REUSED")


@dataclass
class Ground:
    """A server, its tables, and the tokens of who may call it."""

    server: ServerProcess
    tables: Catalogue
    tokens: dict[str, str]


@dataclass
class Callers:
    """Callers by the names of their principals, each on a channel of its own."""

    ground: Ground
    stack: AsyncExitStack
    known: dict[str, Caller] = field(default_factory=dict)

    async def __call__(self, name: str) -> Caller:
        if name not in self.known:
            channel = await self.stack.enter_async_context(
                grpc.aio.insecure_channel(self.ground.server.address, options=[("grpc.use_local_subchannel_pool", 1)])
            )
            self.known[name] = Caller(channel, self.ground.tokens[name])
        return self.known[name]


@pytest.fixture(scope="module")
def ground(postgres: EmbeddedServer, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    folder = tmp_path_factory.mktemp("subscriptions")
    principals = TokensFile(folder / "tokens.toml")
    tokens = {name: principals.add(name, "reader") for name in ("ann", "bob", "full", "lister", "cleaner", "racer")}
    tokens["root"] = principals.add("root", "admin")
    settings = {
        "MODELDEX_TOKENS_FILE": str(principals.path),
        "MODELDEX_MAX_SUBSCRIPTIONS": str(LIMIT),
    }
    with (
        empty_database(postgres, template) as url,
        ServerProcess(folder / "server", database_url=url, settings=settings) as server,
    ):
        yield Ground(server.start(), Catalogue(url), tokens)


@pytest.fixture
async def callers(ground: Ground) -> AsyncIterator[Callers]:
    async with AsyncExitStack() as stack:
        yield Callers(ground, stack)


@pytest.fixture
async def ann(callers: Callers) -> AsyncIterator[Caller]:
    """A reader. Her subscriptions go after each test."""
    ann = await callers("ann")
    yield ann
    callers.ground.tables.run("DELETE FROM subscription WHERE principal = 'ann'")


def filter_on(name: str, value: str = "x", type_: int = condition_pb2.EVENT_FILTER_TYPE_MODEL) -> Any:
    condition = condition_pb2.Condition(field=name, operator=condition_pb2.CONDITION_OPERATOR_EQUALS)
    condition.value.string_value = value
    return condition_pb2.EventFilter(type=type_, conditions=[condition])  # type: ignore[arg-type] # a number


def wanting(client_id: str = "app", type_: int = ALL, **wanted: Any) -> pb.Subscription:
    return pb.Subscription(client_id=client_id, type=type_, **wanted)  # type: ignore[arg-type] # a number of the enum


async def create(caller: Caller, wanted: pb.Subscription | None = None, **fields: Any) -> pb.Subscription:
    answer = await caller.ask(api.CreateSubscriptionRequest(subscription=wanted or wanting(), **fields))
    return answer.subscription  # type: ignore[no-any-return] # by the type of the request


async def get(caller: Caller, subscription_id: str) -> pb.Subscription:
    answer = await caller.ask(api.GetSubscriptionRequest(subscription_id=subscription_id))
    return answer.subscription  # type: ignore[no-any-return]


async def change(caller: Caller, subscription_id: str, mask: list[str] = [], **wanted: Any) -> Any:  # noqa: B006 - is read
    request = api.UpdateSubscriptionRequest(
        subscription_id=subscription_id, subscription=pb.Subscription(**wanted), update_mask=FieldMask(paths=mask)
    )
    return await caller.ask(request)


def of_time(message: pb.Subscription) -> pb.Subscription:
    """A subscription without what passes by itself."""
    copy = pb.Subscription()
    copy.CopyFrom(message)
    copy.ClearField("lag_revisions")
    return copy


async def test_a_subscription_is_created_as_asked_for_and_read_back(ground: Ground, ann: Caller) -> None:
    """CreateSubscription keeps what was asked for, gives ids to its filters, and begins where the answer says."""
    options = pb.SubscriptionOptions(
        max_batch_events=7, metadata={"team": "search"}, idle_timeout=Duration(seconds=3600)
    )
    wanted = wanting("app", MODELS, filters=[filter_on("provider_id"), filter_on("family")], options=options)
    wanted.models.provider_ids.append("acme")
    wanted.id, wanted.principal, wanted.version, wanted.filters[0].id = "mine", "somebody", 9, "f9"
    answer = await ann.ask(api.CreateSubscriptionRequest(subscription=wanted))
    made = answer.subscription
    assert answer.revision == ground.tables.head
    assert (made.client_id, made.principal, made.type, made.status) == ("app", "ann", MODELS, ACTIVE)
    assert [one.id for one in made.filters] == ["f1", "f2"]
    assert [one.conditions for one in made.filters] == [one.conditions for one in wanted.filters]
    assert (made.models, made.options) == (wanted.models, options)
    assert (made.version, made.attempt, made.stream, made.connected) == (1, 1, 0, False)
    assert made.acknowledged_revision == made.delivered_revision == answer.revision
    assert made.expire_time.ToDatetime() - made.last_activity_time.ToDatetime() == timedelta(hours=1)
    assert made.id not in ("", "mine")
    assert of_time(await get(ann, made.id)) == of_time(made)


async def test_a_subscription_begins_after_a_revision_that_the_log_has(ground: Ground, ann: Caller) -> None:
    """after_revision may be 0 and the head, and nothing beyond; a revision below the mark of compaction is gone."""
    await create(ann)
    head = ground.tables.head
    assert (await create(ann, after_revision=0)).acknowledged_revision == 0
    made = await create(ann, after_revision=head)
    assert (made.acknowledged_revision, made.lag_revisions) == (head, 2)
    ahead = api.CreateSubscriptionRequest(subscription=wanting(), after_revision=head + 100)
    assert (await problem_of(ann.ask(ahead))).short == ("OUT_OF_RANGE", "FUTURE_REVISION")
    ground.tables.run("UPDATE ledger_head SET compacted = 1")
    try:
        assert (await create(ann, after_revision=1)).acknowledged_revision == 1
        behind = api.CreateSubscriptionRequest(subscription=wanting(), after_revision=0)
        assert (await problem_of(ann.ask(behind))).short == ("OUT_OF_RANGE", "REVISION_COMPACTED")
    finally:
        ground.tables.run("UPDATE ledger_head SET compacted = 0")


async def test_a_subscription_is_its_principals_own(callers: Callers, ann: Caller) -> None:
    """subscriptions are private: to another principal one is as if it did not exist; an admin manages all."""
    bob, root = await callers("bob"), await callers("root")
    made = await create(ann, wanting(filters=[filter_on("family")]))
    named: dict[str, Any] = {"subscription_id": made.id}
    requests: list[Any] = [
        api.GetSubscriptionRequest(**named),
        api.UpdateSubscriptionRequest(**named, subscription=wanting(filters=[filter_on("provider_id")])),
        api.DeleteSubscriptionRequest(**named),
        api.PauseSubscriptionRequest(**named),
        api.ResumeSubscriptionRequest(**named),
        api.AddSubscriptionFilterRequest(**named, filter=filter_on("provider_id")),
        api.RemoveSubscriptionFilterRequest(**named, filter_id="f1"),
        api.UpdateSubscriptionFilterRequest(**named, filter_id="f1", filter=filter_on("provider_id")),
        api.ListDeadLettersRequest(**named),
    ]
    for request in requests:
        hidden = await problem_of(bob.ask(request))
        request.subscription_id = "0" * len(made.id)
        unknown = await problem_of(bob.ask(request))
        assert hidden.short == unknown.short == MISSING, type(request)
        assert hidden.message.replace(made.id, "0" * len(made.id)) == unknown.message
    assert not (await bob.ask(api.ListSubscriptionsRequest())).subscriptions
    assert (await bob.ask(api.DeleteClientSubscriptionsRequest(client_id="app"))).deleted_count == 0
    assert (await get(ann, made.id)).version == 1

    assert (await get(root, made.id)).principal == "ann"
    paused = await root.ask(api.PauseSubscriptionRequest(**named))
    assert (paused.subscription.principal, paused.subscription.status) == ("ann", PAUSED)
    everybodys = await root.ask(api.ListSubscriptionsRequest())
    assert made.id in [one.id for one in everybodys.subscriptions]
    assert (await root.ask(api.DeleteClientSubscriptionsRequest(client_id="app"))).deleted_count >= 1
    assert (await problem_of(get(ann, made.id))).short == MISSING


async def test_an_update_changes_what_its_mask_names_and_nothing_else(ann: Caller) -> None:
    """UpdateSubscription: without a mask all that is set, with one what it names, a field of the options alone, too."""
    made = await create(ann, wanting(filters=[filter_on("family")], options=pb.SubscriptionOptions(priority=3)))
    named = made.id
    one = (await change(ann, named, options=pb.SubscriptionOptions(max_batch_events=5))).subscription
    assert one.options == pb.SubscriptionOptions(max_batch_events=5)
    assert one.filters == made.filters
    options = pb.SubscriptionOptions(max_batch_events=9, omit_before=True, retry=pb.RetryPolicy(max_retries=0))
    two = (await change(ann, named, ["options.retry", "options.omit_before"], options=options)).subscription
    assert two.options == pb.SubscriptionOptions(max_batch_events=5, omit_before=True, retry=options.retry)
    three = (await change(ann, named, ["options.retry", "options.max_batch_events"])).subscription
    assert three.options == pb.SubscriptionOptions(omit_before=True)
    four = (await change(ann, named, ["filters", "options", "models"])).subscription
    assert not four.filters
    assert not four.HasField("options")
    assert four.version == 5
    assert of_time(await get(ann, named)) == of_time(four)


async def test_filters_come_change_and_go_one_by_one_and_no_id_comes_twice(ann: Caller) -> None:
    """filter ids: one names the same filter for ever; a filter that an update leaves as it is keeps its id."""
    named = (await create(ann)).id
    first = await ann.ask(api.AddSubscriptionFilterRequest(subscription_id=named, filter=filter_on("family")))
    second = await ann.ask(api.AddSubscriptionFilterRequest(subscription_id=named, filter=filter_on("provider_id")))
    assert (first.filter_id, second.filter_id) == ("f1", "f2")
    other = filter_on("canonical_id")
    request = api.UpdateSubscriptionFilterRequest(subscription_id=named, filter_id="f2", filter=other)
    answer = await ann.ask(request)
    assert [one.id for one in answer.subscription.filters] == ["f1", "f2"]
    assert answer.subscription.filters[1].conditions == other.conditions
    await ann.ask(api.RemoveSubscriptionFilterRequest(subscription_id=named, filter_id="f2"))
    third = await ann.ask(api.AddSubscriptionFilterRequest(subscription_id=named, filter=other))
    assert third.filter_id == "f3"
    both = (await change(ann, named, filters=[filter_on("tags"), filter_on("family")])).subscription
    assert [one.id for one in both.filters] == ["f4", "f1"]
    gone = api.RemoveSubscriptionFilterRequest(subscription_id=named, filter_id="f3")
    assert (await problem_of(ann.ask(gone))).short == NO_FILTER
    request.filter_id = "f3"
    assert (await problem_of(ann.ask(request))).short == NO_FILTER


async def test_filters_are_bounded_together_also_when_they_come_one_by_one(ann: Caller) -> None:
    """At most 20 filters with 500 conditions in all, and regular expressions share one allowance."""
    many = filter_on("family")
    many.conditions.extend([many.conditions[0]] * 99)
    named = (await create(ann, wanting(filters=[many] * 5))).id
    add = api.AddSubscriptionFilterRequest(subscription_id=named, filter=filter_on("family"))
    problem = await problem_of(ann.ask(add))
    assert (problem.short, list(problem.violations)) == (INVALID, ["filter"])
    assert "500 conditions" in problem.violations["filter"]
    await change(ann, named, filters=[filter_on("family")] * 20)
    assert "20 entries" in (await problem_of(ann.ask(add))).violations["filter"]
    heavy = filter_on("family", "x{700}")
    heavy.conditions[0].operator = condition_pb2.CONDITION_OPERATOR_REGEX
    await change(ann, named, filters=[heavy])
    add.filter.CopyFrom(heavy)
    assert "too much work" in (await problem_of(ann.ask(add))).violations["filter"]


async def test_a_pause_holds_at_the_revision_of_its_answer(ground: Ground, ann: Caller) -> None:
    """PauseSubscription answers the revision at which it holds, also the second time; ResumeSubscription ends it."""
    named = (await create(ann)).id
    paused = await ann.ask(api.PauseSubscriptionRequest(subscription_id=named))
    assert paused.revision == paused.subscription.pause_revision == ground.tables.head
    await change(ann, named, filters=[filter_on("family")])
    again = await ann.ask(api.PauseSubscriptionRequest(subscription_id=named))
    assert (again.revision, again.subscription.version) == (paused.revision, 3)
    assert (again.subscription.status, again.subscription.pause_revision) == (PAUSED, paused.revision)
    resumed = await ann.ask(api.ResumeSubscriptionRequest(subscription_id=named))
    assert (resumed.subscription.status, resumed.subscription.pause_revision) == (ACTIVE, 0)
    assert resumed.revision == ground.tables.head == again.revision + 2
    assert of_time(await get(ann, named)) == of_time(resumed.subscription)


async def test_what_changes_nothing_takes_no_revision(ground: Ground, ann: Caller) -> None:
    """silent no-op: the same filters and options, a pause of what is paused, a resumption of what runs."""
    options = pb.SubscriptionOptions(priority=1)
    named = (await create(ann, wanting(filters=[filter_on("family")], options=options))).id
    head = ground.tables.head
    answers = [
        await ann.ask(api.ResumeSubscriptionRequest(subscription_id=named)),
        await change(ann, named, filters=[filter_on("family")], options=options),
        await change(ann, named, ["options.priority", "models"], options=options),
        await ann.ask(
            api.UpdateSubscriptionFilterRequest(subscription_id=named, filter_id="f1", filter=filter_on("family"))
        ),
    ]
    assert [(answer.revision, answer.subscription.version) for answer in answers] == [(head, 1)] * 4
    assert (await ann.ask(api.DeleteClientSubscriptionsRequest(client_id="nobody"))).revision == head
    assert ground.tables.head == head


async def test_an_expected_version_is_the_current_one_or_nothing_changes(ann: Caller) -> None:
    """one winner: expected_version of every change that has one."""
    named = (await create(ann, wanting(filters=[filter_on("family")]))).id
    stale: list[Any] = [
        api.UpdateSubscriptionRequest(subscription_id=named, subscription=wanting(options={"priority": 1})),
        api.AddSubscriptionFilterRequest(subscription_id=named, filter=filter_on("tags")),
        api.UpdateSubscriptionFilterRequest(subscription_id=named, filter_id="f1", filter=filter_on("tags")),
        api.RemoveSubscriptionFilterRequest(subscription_id=named, filter_id="f1"),
    ]
    for request in stale:
        request.expected_version = 7
        problem = await problem_of(ann.ask(request))
        assert problem.short == STALE
        assert (problem.metadata["expected_version"], problem.metadata["current_version"]) == ("7", "1")
    for version, request in enumerate(stale, 1):
        request.expected_version = version
        assert (await ann.ask(request)).subscription.version == version + 1


async def test_a_request_sent_again_gives_the_first_answer(ground: Ground, ann: Caller) -> None:
    """done once: every change with its request_id, whatever happened since; another request under it is refused."""
    made = await create(ann, wanting("once"), request_id="c-1")
    named: dict[str, Any] = {"subscription_id": made.id}
    requests: list[Any] = [
        api.CreateSubscriptionRequest(subscription=wanting("once"), request_id="c-1"),
        api.AddSubscriptionFilterRequest(**named, filter=filter_on("family"), request_id="a-1"),
        api.UpdateSubscriptionFilterRequest(**named, filter_id="f1", filter=filter_on("tags"), request_id="f-1"),
        api.UpdateSubscriptionRequest(**named, subscription=wanting(options={"priority": 2}), request_id="u-1"),
        api.PauseSubscriptionRequest(**named, request_id="p-1"),
        api.PauseSubscriptionRequest(**named, request_id="p-2"),
        api.ResumeSubscriptionRequest(**named, request_id="r-1"),
        api.ResumeSubscriptionRequest(**named, request_id="r-2"),
        api.RemoveSubscriptionFilterRequest(**named, filter_id="f1", request_id="g-1"),
        api.DeleteSubscriptionRequest(**named, request_id="d-1"),
        api.DeleteClientSubscriptionsRequest(client_id="once", request_id="e-1"),
    ]
    first = [await ann.ask(request) for request in requests]
    assert first[0].subscription.id == made.id
    head = ground.tables.head
    assert [await ann.ask(request) for request in requests] == first
    assert ground.tables.head == head
    other = api.PauseSubscriptionRequest(**named, request_id="r-1")
    assert (await problem_of(ann.ask(other))).short == REUSED


async def test_requests_sent_twice_at_the_same_time_are_done_once(callers: Callers) -> None:
    """done once: also where both copies arrive together, of a deletion, too."""
    racer = await callers("racer")
    for turn in range(5):
        made = await create(racer)
        add = api.AddSubscriptionFilterRequest(
            subscription_id=made.id, filter=filter_on("family"), expected_version=1, request_id=f"add-{turn}"
        )
        answers = await asyncio.gather(*(racer.ask(add) for _ in range(4)))
        assert [answer.filter_id for answer in answers] == ["f1"] * 4
        assert len((await get(racer, made.id)).filters) == 1
        delete = api.DeleteSubscriptionRequest(subscription_id=made.id, request_id=f"delete-{turn}")
        answers = await asyncio.gather(*(racer.ask(delete) for _ in range(4)))
        assert len({answer.revision for answer in answers}) == 1


async def test_no_principal_has_more_than_its_limit(callers: Callers) -> None:
    """limits: of any number of subscriptions created at the same time no more come into being than may."""
    full = await callers("full")
    tried = await asyncio.gather(*(create(full) for _ in range(LIMIT + 8)), return_exceptions=True)
    assert sum(isinstance(one, pb.Subscription) for one in tried) == LIMIT
    problem = await problem_of(create(full))
    assert problem.short == ("RESOURCE_EXHAUSTED", "TOO_MANY_SUBSCRIPTIONS")
    assert problem.metadata["limit"] == str(LIMIT)
    assert (await full.ask(api.DeleteClientSubscriptionsRequest(client_id="app"))).deleted_count == LIMIT
    await create(full)


async def test_an_expired_subscription_can_be_got_listed_and_deleted_and_nothing_else(
    ground: Ground, ann: Caller
) -> None:
    """expiry: as soon as its time is over, before any sweep."""
    options = pb.SubscriptionOptions(idle_timeout=Duration(seconds=60))
    named = (await create(ann, wanting(filters=[filter_on("family")], options=options))).id
    status = await ann.ask(discovery.GetStatusRequest())
    ground.tables.run("UPDATE subscription SET active_at = active_at - interval '61 s' WHERE id = %s", [named])
    assert (await ann.ask(discovery.GetStatusRequest())).subscription_count == status.subscription_count - 1
    seen = await get(ann, named)
    assert (seen.status, seen.status_reason) == (EXPIRED, "it was not used within its idle_timeout")
    listed = await ann.ask(api.ListSubscriptionsRequest(statuses=[EXPIRED]))
    assert [one.id for one in listed.subscriptions] == [named]
    refused: list[Any] = [
        api.UpdateSubscriptionRequest(subscription_id=named, subscription=wanting(filters=[filter_on("tags")])),
        api.PauseSubscriptionRequest(subscription_id=named),
        api.ResumeSubscriptionRequest(subscription_id=named),
        api.AddSubscriptionFilterRequest(subscription_id=named, filter=filter_on("tags")),
        api.RemoveSubscriptionFilterRequest(subscription_id=named, filter_id="f1"),
        api.UpdateSubscriptionFilterRequest(subscription_id=named, filter_id="f1", filter=filter_on("tags")),
    ]
    for request in refused:
        problem = await problem_of(ann.ask(request))
        assert problem.short == GONE
        assert problem.metadata == {"subscription_id": named, "why": "idle"}
    await ann.ask(api.ListDeadLettersRequest(subscription_id=named))
    await ann.ask(api.DeleteSubscriptionRequest(subscription_id=named))
    assert (await problem_of(get(ann, named))).short == MISSING


async def test_a_list_has_what_meets_every_condition_the_newest_first(ground: Ground, callers: Callers) -> None:
    """ListSubscriptions: each condition, several together, and pages that neither skip nor repeat."""
    lister = await callers("lister")
    custom = condition_pb2.EVENT_FILTER_TYPE_CUSTOM
    made = [
        await create(lister, wanting("a", ALL)),
        await create(lister, wanting("a", MODELS, filters=[filter_on("family"), filter_on("tags")])),
        await create(lister, wanting("b", PROVIDERS)),
        await create(lister, wanting("b", ALL, filters=[filter_on("kind", "model", custom)])),
        await create(lister, wanting("b", ALL)),
    ]
    ids = [one.id for one in made]
    await lister.ask(api.PauseSubscriptionRequest(subscription_id=ids[0]))
    ground.tables.run("UPDATE subscription SET retry_revision = 1 WHERE id = %s", [ids[2]])
    ground.tables.run("UPDATE subscription SET active_at = active_at - interval '1 hour' WHERE id = %s", [ids[4]])
    third = made[2].create_time

    async def found(**conditions: Any) -> list[int]:
        answer = await lister.ask(api.ListSubscriptionsRequest(**conditions))
        assert not answer.next_page_token
        return [ids.index(one.id) for one in answer.subscriptions]

    assert await found() == [4, 3, 2, 1, 0]
    assert await found(client_id="a") == [1, 0]
    assert await found(types=[ALL]) == [4, 3, 0]
    assert await found(types=[MODELS, PROVIDERS]) == [2, 1]
    assert await found(statuses=[PAUSED]) == [0]
    assert await found(statuses=[ERROR]) == [2]
    assert await found(statuses=[ACTIVE]) == [4, 3, 1]
    assert await found(statuses=[PAUSED, ERROR]) == [2, 0]
    assert await found(filter_types=[custom]) == [3]
    assert await found(filter_types=[custom, condition_pb2.EVENT_FILTER_TYPE_MODEL]) == [3, 1]
    assert await found(filter_fields=["tags"]) == [1]
    assert await found(filter_fields=["tags", "kind"]) == [3, 1]
    assert await found(created_after=third) == [4, 3, 2]
    assert await found(created_before=third) == [1, 0]
    assert await found(active_after=made[0].create_time) == [3, 2, 1, 0]
    assert await found(client_id="b", types=[ALL], filter_fields=["kind"]) == [3]
    assert await found(client_id="a", types=[PROVIDERS]) == []

    ground.tables.run("UPDATE subscription SET created_at = '2026-01-01' WHERE id = ANY(%s)", [ids[:3]])
    seen: list[str] = []
    request = api.ListSubscriptionsRequest(page_size=2)
    while True:
        page = await lister.ask(request)
        assert len(page.subscriptions) <= 2
        seen += [one.id for one in page.subscriptions]
        if not page.next_page_token:
            break
        request.page_token = page.next_page_token
        new = await create(lister, wanting("late"))
        await lister.ask(api.DeleteSubscriptionRequest(subscription_id=new.id))
    assert seen == [ids[4], ids[3], *sorted(ids[:3])]
    other = api.ListSubscriptionsRequest(page_size=2, page_token=request.page_token, client_id="a")
    assert (await problem_of(lister.ask(other))).violations.keys() == {"page_token"}


async def test_a_page_is_cut_where_it_gets_large(callers: Callers) -> None:
    """A page of subscriptions with a great deal to say holds fewer of them, and every one comes."""
    cleaner = await callers("cleaner")
    large = filter_on("family", "x" * 4000)
    large.conditions.extend([large.conditions[0]] * 99)
    ids = {(await create(cleaner, wanting("large", filters=[large]))).id for _ in range(4)}
    first = await cleaner.ask(api.ListSubscriptionsRequest())
    rest = await cleaner.ask(api.ListSubscriptionsRequest(page_token=first.next_page_token))
    assert first.ByteSize() < 2 * 1024 * 1024
    assert [len(first.subscriptions), len(rest.subscriptions)] == [3, 1]
    assert {one.id for page in (first, rest) for one in page.subscriptions} == ids
    assert (await cleaner.ask(api.DeleteClientSubscriptionsRequest(client_id="large"))).deleted_count == 4


async def test_dead_letters_are_listed_the_newest_first_page_by_page(ground: Ground, ann: Caller) -> None:
    """ListDeadLetters gives each with its update; with the subscription they go."""
    named = (await create(ann)).id
    for number in range(1, 6):
        event = update_pb2.UpdateEvent(revision=number, ordinal=number % 2)
        event.model.model_id = f"acme/{number}"
        ground.tables.run(
            "INSERT INTO dead_letter (subscription_id, revision, ordinal, attempts, reason, message, created_at,"
            " update_event) VALUES (%s, %s, %s, 3, 'TIMEOUT', 'too slow', '2026-01-01'::timestamptz"
            " + %s / 2 * interval '1 s', %s)",
            [named, number, number % 2, number, event.SerializeToString()],
        )
    assert (await get(ann, named)).dead_letter_count == 5
    request, seen = api.ListDeadLettersRequest(subscription_id=named, page_size=2), list[pb.DeadLetter]()
    while True:
        page = await ann.ask(request)
        seen += list(page.dead_letters)
        if not page.next_page_token:
            break
        request.page_token = page.next_page_token
    assert [one.revision for one in seen] == [5, 4, 3, 2, 1]
    assert [one.update.model.model_id for one in seen] == [f"acme/{number}" for number in (5, 4, 3, 2, 1)]
    assert {(one.subscription_id, one.attempts, one.reason, one.message) for one in seen} == {
        (named, 3, "TIMEOUT", "too slow")
    }
    await ann.ask(api.DeleteSubscriptionRequest(subscription_id=named))
    assert ground.tables.rows("SELECT count(*) FROM dead_letter WHERE subscription_id = %s", [named]) == [(0,)]


async def test_every_change_is_told_to_who_watches_everything_and_stands_in_the_audit_trail(
    ground: Ground, callers: Callers, ann: Caller
) -> None:
    """one revision a change: each is one event, by the caller's name, and stands in the audit trail; so do refusals."""
    root = await callers("root")
    start = ground.tables.head
    made = await create(ann, request_id="told")
    named: dict[str, Any] = {"subscription_id": made.id}
    for request in (
        api.AddSubscriptionFilterRequest(**named, filter=filter_on("family")),
        api.PauseSubscriptionRequest(**named),
        api.PauseSubscriptionRequest(**named),
        api.ResumeSubscriptionRequest(**named),
        api.DeleteSubscriptionRequest(**named),
    ):
        await ann.ask(request)
    await problem_of(ann.ask(api.PauseSubscriptionRequest(**named)))
    async with root.recorded(after(start)) as recorder:
        await recorder.through(ground.tables.head)
    names = [update_pb2.SubscriptionUpdateType.Name(one.subscription.type) for one in recorder.updates]
    assert [name.removeprefix("SUBSCRIPTION_UPDATE_TYPE_") for name in names] == [
        "CREATED",
        "UPDATED",
        "PAUSED",
        "RESUMED",
        "DELETED",
    ]
    assert {(one.subscription.subscription_id, one.principal) for one in recorder.updates} == {(made.id, "ann")}
    assert [one.revision for one in recorder.updates] == list(range(start + 1, start + 6))
    trail = ground.tables.rows(
        "SELECT method, outcome, revision FROM audit_event WHERE resource = %s ORDER BY id", [made.id]
    )
    assert trail == [
        ("AddSubscriptionFilter", "changed", start + 2),
        ("PauseSubscription", "changed", start + 3),
        ("PauseSubscription", "unchanged", None),
        ("ResumeSubscription", "changed", start + 4),
        ("DeleteSubscription", "changed", start + 5),
        ("PauseSubscription", "SUBSCRIPTION_NOT_FOUND", None),
    ]
    created = ground.tables.rows("SELECT principal, request_id, revision FROM audit_event WHERE request_id = 'told'")
    assert created == [("ann", "told", start + 1)]
