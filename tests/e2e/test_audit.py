"""The audit trail: who changed what, or tried to."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import grpc
import pytest
from google.protobuf.descriptor_pb2 import MethodOptions
from google.protobuf.message_factory import GetMessageClass

from modeldex.v1 import cache_service_pb2 as cache
from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import history_pb2 as pb
from modeldex.v1 import history_service_pb2 as history
from modeldex_server.store.embedded import EmbeddedServer
from support.auditing.calls import call_of
from support.auditing.story import OK, History, Story, story, trail_of
from support.cache_calls import setting
from support.checks import Catalogue
from support.databases import empty_database
from support.models import plain
from support.principals import METHODS, Caller, TokensFile
from support.providers import fake_provider
from support.servers import ServerProcess
from support.waiting import eventually

_NOBODY = "mallory"
_CALLS = 400
_AT_ONCE = 8
_SAVE = "/modeldex.v1.DiscoveryService/SaveModel"


@dataclass
class Place:
    """A server with principals of every kind, on a catalogue of its own."""

    server: ServerProcess
    tables: Catalogue
    tokens: dict[str, str]
    file: TokensFile


@pytest.fixture(scope="module")
def place(postgres: EmbeddedServer, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The server, for all tests of this file."""
    folder = tmp_path_factory.mktemp("audit")
    file = TokensFile(folder / "tokens.toml")
    tokens = {
        "rita": file.add("rita", "reader"),
        "will": file.add("will", "writer"),
        "paula": file.add("paula", "publisher"),
        "scott": file.add("scott", "writer", providers=["acme"]),
        "ada": file.add("ada", "admin"),
        "sid": file.add("sid", "admin", providers=["acme"]),
        "bert": file.add("bert", "writer", calls_per_second=0.01),
        "ann": file.add("ann", "approver"),
    }
    with ExitStack() as stack:
        url = stack.enter_context(empty_database(postgres, template))
        provider = stack.enter_context(fake_provider())
        Catalogue(url).run("UPDATE discovery_state SET running = false")
        settings = {
            "MODELDEX_SOURCES__FAKE__KIND": "openai_compatible",
            "MODELDEX_SOURCES__FAKE__URL": provider.url,
            "MODELDEX_DISCOVERY__RETRY_ATTEMPTS": "0",
            "MODELDEX_MAX_REQUEST_BYTES": str(64 * 1024),
        }
        server = stack.enter_context(ServerProcess(folder, database_url=url, settings=settings)).start()
        yield Place(server, Catalogue(url), tokens, file)
        assert server.left_behind == []


@pytest.fixture
async def callers(place: Place) -> AsyncIterator[Story]:
    """Callers of the server."""
    async with story(place.server.address, place.tokens) as callers:
        yield callers


def _row(place: Place, resource: str) -> list[tuple[object, ...]]:
    return place.tables.rows(
        """SELECT principal, authentication, method, provider_id, outcome, before_version, after_version, request_id,
                  reason FROM audit_event WHERE resource = %s ORDER BY id""",
        [resource],
    )


async def test_every_attempt_has_one_row(place: Place, callers: Story) -> None:
    """audit complete: calls of all kinds by readers, writers, admins, some with a right to one provider only, one who
    calls too often and nobody at all: per principal, method and outcome there are as many rows as they remember."""
    before, chance = trail_of(place.tables), random.Random(7)
    who = [*place.tokens, "ada", "ada", "will"]
    for _ in range(_CALLS // _AT_ONCE):
        some = [(chance.choice(who), call_of(chance)) for _ in range(_AT_ONCE)]
        await asyncio.gather(*(callers.call(principal, request) for principal, request in some))
    for principal, data in (("will", b"\xff\xff"), ("will", b"x" * 70_000), (_NOBODY, b"\xff"), ("rita", b"")):
        await callers.call_raw(principal, _SAVE, data)
    for _ in range(10):
        await callers.call(_NOBODY, call_of(chance))
    await eventually(_has(place, before, callers.history), "a row of each")
    outcomes = {outcome for _, _, outcome in callers.history}
    assert {OK, "PERMISSION_DENIED", "PROVIDER_DENIED", "UNAUTHENTICATED", "INVALID_REQUEST"} <= outcomes
    assert {"RATE_LIMITED", "MALFORMED_REQUEST", "MESSAGE_TOO_LARGE", "VERSION_MISMATCH"} <= outcomes


def _has(place: Place, before: History, history: History) -> Callable[[], Awaitable[bool]]:
    """Whether the trail has what callers remember: of a store that is slow rows come after their answers."""

    async def has() -> bool:
        return trail_of(place.tables) - before == history

    return has


async def test_every_method_that_writes_leaves_a_row_of_its_refusal(place: Place, callers: Story) -> None:
    """audit complete: no method is forgotten, whatever service comes next."""
    writing = [
        method for method in METHODS.values() if method.GetOptions().idempotency_level != MethodOptions.NO_SIDE_EFFECTS
    ]
    before = trail_of(place.tables)
    for start in range(0, len(writing), 20):  # of nobody fifty a second have rows
        for method in writing[start : start + 20]:
            assert await callers.call(_NOBODY, GetMessageClass(method.input_type)()) == "UNAUTHENTICATED"
        await asyncio.sleep(1)
    expected = Counter(("", method.name, "UNAUTHENTICATED") for method in writing)
    await eventually(_has(place, before, expected), "a row of each")


async def test_a_row_says_who_from_where_what_and_why(place: Place, callers: Story) -> None:
    """audit complete: the principal and how it was recognised, its address, the resource and its provider, the version
    before and after, the request and the reason in the caller's words; of what was refused as of what was done."""
    request = discovery.SaveModelRequest(model=plain("acme/told"), request_id="told-1", reason="a new one")
    assert await callers.call("will", request) == OK
    assert await callers.call("rita", request) == "PERMISSION_DENIED"
    assert await callers.call("will", request) == OK  # the same again
    assert await callers.call(_NOBODY, request) == "UNAUTHENTICATED"
    token, none = pb.AUTHENTICATION_TOKEN, pb.AUTHENTICATION_NONE
    assert _row(place, "acme/told") == [
        ("will", token, "SaveModel", "acme", "changed", 0, 1, "told-1", "a new one"),
        ("rita", token, "SaveModel", "acme", "PERMISSION_DENIED", None, None, "told-1", "a new one"),
        ("will", token, "SaveModel", "acme", "unchanged", None, None, "told-1", "a new one"),
        ("", none, "SaveModel", "acme", "UNAUTHENTICATED", None, None, "told-1", "a new one"),
    ]
    peers = place.tables.rows("SELECT DISTINCT peer LIKE 'ipv4:127.0.0.1:%%' FROM audit_event WHERE peer <> ''")
    assert peers == [(True,)]
    assert await callers.call("will", setting("notes", "acme/one")) == OK
    assert _row(place, "notes/acme/one")[0][2:5] == ("SetEntry", "acme", "done")


async def test_a_caller_that_leaves_is_in_the_trail_with_what_came_of_it(place: Place, callers: Story) -> None:
    """audit complete: whether its write went on or was given up, there is one row."""
    requests = [discovery.SaveModelRequest(model=plain(f"acme/left-{number}")) for number in range(30)]
    caller, chance = Caller(callers.channel, place.tokens["will"]), random.Random(5)

    async def leave(request: discovery.SaveModelRequest) -> None:
        task = asyncio.ensure_future(caller.ask(request))
        await asyncio.sleep(chance.random() * 0.01)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    await asyncio.gather(*(leave(request) for request in requests))
    begun = await callers.call("will", discovery.SaveModelRequest(model=plain("acme/left-last")))
    assert begun == OK
    await asyncio.sleep(1)
    rows = place.tables.rows(
        """SELECT resource, count(*), max(outcome), max(m.version)
           FROM audit_event LEFT JOIN model m ON m.id = resource
           WHERE resource LIKE 'acme/left-%%' GROUP BY resource"""
    )
    assert {number for _, number, _, _ in rows} == {1}
    assert all((outcome == "changed") == (version == 1) for _, _, outcome, version in rows)


async def test_whoever_floods_the_server_does_not_fill_the_trail(place: Place, callers: Story) -> None:
    """audit complete: of nobody's attempts so many a second have rows, and one says how many more there were."""
    already = len(place.tables.rows("SELECT 1 FROM audit_event WHERE principal = ''"))
    told = "SELECT reason FROM audit_event WHERE method = 'RefusedCalls' AND outcome = 'UNAUTHENTICATED'"
    assert place.tables.rows(told) == []
    request = discovery.SaveModelRequest(model=plain("acme/flood"))
    caller = Caller(callers.channel, "a wrong one")

    async def flood() -> None:
        for _ in range(100):
            with pytest.raises(grpc.aio.AioRpcError):
                await caller.ask(request)

    await asyncio.gather(*(flood() for _ in range(10)))

    async def counted() -> bool:
        rows = len(place.tables.rows("SELECT 1 FROM audit_event WHERE principal = ''")) - already
        more = sum(int(reason.split()[0].replace(",", "")) for (reason,) in place.tables.rows(told))
        return more > 0 and rows + more == 1000

    await eventually(counted, "rows and counts that add up to all attempts")


async def test_the_trail_is_listed_by_who_what_and_what_came_of_it(place: Place, callers: Story) -> None:
    """audit complete: an admin finds each row by filters, newest first, page by page."""
    for number in range(7):
        name = "will" if number % 2 else "rita"
        request = discovery.SaveModelRequest(model=plain("acme/listed", f"Name {number}"), request_id=f"l{number}")
        await callers.call(name, request)
    await callers.call("will", discovery.DeleteModelRequest(id="acme/listed"))
    admin = Caller(callers.channel, place.tokens["ada"])
    asked = history.ListAuditEventsRequest(resource="acme/listed", page_size=3)
    found: list[pb.AuditEvent] = []
    while True:
        page = await admin.ask(asked)
        found += page.events
        asked.page_token = page.next_page_token
        if not asked.page_token:
            break
    assert len(found) == 8
    assert [event.number for event in found] == sorted((event.number for event in found), reverse=True)
    assert page.revision > 0

    async def numbers(**wanted: object) -> list[int]:
        listed = await admin.ask(history.ListAuditEventsRequest(resource="acme/listed", **wanted))
        return [event.number for event in listed.events]

    def those(wanted: object) -> list[int]:
        return [event.number for event in found if wanted(event)]  # type: ignore[operator]

    assert await numbers(principal="rita") == those(lambda event: event.principal == "rita")
    assert await numbers(methods=["DeleteModel"]) == [found[0].number]
    assert await numbers(refused_only=True) == those(lambda event: event.outcome == "PERMISSION_DENIED")
    assert await numbers(outcomes=["changed"]) == those(lambda event: event.outcome == "changed")
    assert await numbers(request_id="l3") == those(lambda event: event.request_id == "l3")
    assert await numbers(provider_id="acme") == [event.number for event in found]
    assert await numbers(provider_id="zeta") == []
    middle = found[4]
    assert await numbers(start_time=middle.time) == [event.number for event in found[:5]]
    assert await numbers(end_time=middle.time) == [event.number for event in found[5:]]
    (deleted,) = (await admin.ask(history.ListAuditEventsRequest(methods=["DeleteModel"], page_size=1))).events
    assert (deleted.principal, deleted.before_version, deleted.after_version) == ("will", 3, 4)
    assert deleted.revision > 0


async def test_an_admin_of_some_providers_sees_their_rows_only(place: Place, callers: Story) -> None:
    """unseen: rows of other providers, and of none, are not there; nobody but admins reads the trail."""
    await callers.call("will", discovery.SaveModelRequest(model=plain("acme/seen")))
    await callers.call("will", discovery.SaveModelRequest(model=plain("zeta/unseen")))
    await callers.call("ada", cache.CleanupCacheRequest())
    scoped = Caller(callers.channel, place.tokens["sid"])
    events = (await scoped.ask(history.ListAuditEventsRequest(page_size=500))).events
    assert {event.provider_id for event in events} == {"acme"}
    assert (await scoped.ask(history.ListAuditEventsRequest(provider_id="zeta"))).events == []
    assert (await scoped.ask(history.ListAuditEventsRequest(methods=["CleanupCache"]))).events == []
    assert await callers.call("will", history.ListAuditEventsRequest()) == "PERMISSION_DENIED"
