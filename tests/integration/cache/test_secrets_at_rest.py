"""Secrets at rest: a whole server is given secrets in all ways there are; then everything that it wrote is searched."""

from __future__ import annotations

import base64
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import psycopg
import pytest
from google.protobuf.message import Message
from google.protobuf.struct_pb2 import Value
from psycopg import sql

from modeldex.v1 import cache_pb2 as pb
from modeldex.v1 import cache_service_pb2 as api
from modeldex.v1 import condition_pb2 as conditions
from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import invalidation_pb2 as inv
from modeldex.v1 import subscriber_service_pb2 as subscriber
from modeldex.v1 import update_pb2
from modeldex.v1.model_pb2 import Model
from support.api import problem_of
from support.principals import Caller, TokensFile
from support.redis import RedisServer, redis_server
from support.servers import ServerProcess
from support.waiting import eventually

OURS = "gateway"
_TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"


def key(key_id: str) -> str:
    return f"{key_id}:{base64.b64encode(secrets.token_bytes(32)).decode()}"


class Needles:
    """Values that are to be found nowhere, and those that have to be found: else the search is none."""

    def __init__(self) -> None:
        self.secret: list[str] = []
        self.clear = f"clear-{secrets.token_hex(8)}"

    def new(self) -> str:
        """A secret that nobody has seen."""
        self.secret.append(f"sk-{secrets.token_hex(12)}")
        return self.secret[-1]

    def entry(self, model_id: str, **fields: Any) -> pb.CacheEntry:
        """An entry with secrets in its metadata and in that of its model."""
        made = pb.CacheEntry(namespace=OURS, key=model_id, value=Model(id=model_id), tags=["fast"], **fields)
        made.metadata.update({"team": self.clear, "api_key": self.new(), "keys": [{"token": self.new()}]})
        made.value.metadata.update({"credentials": {"token": self.new(), "user": self.clear}})
        return made

    def check(self, where: str, data: bytes) -> None:
        """Fails where data has a secret. Nor may a secret be shown by the failure itself."""
        found = [number for number, one in enumerate(self.secret) if one.encode() in data]
        assert not found, f"{where} has the secrets {found}"


@dataclass
class Stage:
    """A server with what it writes to, and its callers."""

    server: ServerProcess
    url: str
    redis: RedisServer
    tokens: dict[str, str]

    @asynccontextmanager
    async def callers(self) -> AsyncIterator[dict[str, Caller]]:
        async with AsyncExitStack() as stack:
            channel = await stack.enter_async_context(grpc.aio.insecure_channel(self.server.address))
            yield {name: Caller(channel, token) for name, token in self.tokens.items()}

    def tables(self) -> dict[str, bytes]:
        """All tables, as bytes: nothing in them is escaped or in hexadecimal digits."""
        with psycopg.connect(self.url) as connection:
            names = [str(name) for (name,) in connection.execute(_TABLES)]
            return {name: _copied(connection, name) for name in names}

    def copies(self) -> dict[str, bytes]:
        """All that Redis holds."""
        return {name.decode(): self.redis.run("GET", name) for name in self.redis.run("KEYS", "*")}

    def log(self) -> bytes:
        """All that the server said since its last start."""
        return (self.server.errors + self.server.output).encode()


def _copied(connection: psycopg.Connection[Any], table: str) -> bytes:
    query = sql.SQL("COPY {} TO STDOUT (FORMAT binary)").format(sql.Identifier(table))
    with connection.cursor().copy(query) as copy:
        return b"".join(bytes(block) for block in copy)


@pytest.fixture
def stage(database_url: str, tmp_path: Path) -> Iterator[Stage]:
    tokens = TokensFile(tmp_path / "server" / "tokens.toml")
    given = {role: tokens.add(role, role) for role in ("reader", "publisher", "writer", "admin")}
    with redis_server() as redis:
        settings = {
            "MODELDEX_LOG_LEVEL": "debug",
            "MODELDEX_REDIS_URL": redis.url,
            "MODELDEX_CACHE__SECRET_PATHS": "api_key,credentials.token,keys.token",
            "MODELDEX_CACHE__ENCRYPTION_KEYS": key("k1"),
            "MODELDEX_CACHE__STRATEGIES__VERSION_CHANGE__AUTOMATIC": "true",
        }
        with ServerProcess(tmp_path / "server", database_url=database_url, settings=settings) as server:
            yield Stage(server.start(), database_url, redis, given)


async def test_nothing_that_is_secret_is_found_anywhere(stage: Stage) -> None:
    """secrets at rest: after all that can be done with entries, in no table, no copy, no log, no error, no event, and
    in no answer to a reader; a writer is answered all of it."""
    needles = Needles()
    async with stage.callers() as by, by["writer"].recorded(api.WatchCacheEventsRequest()) as events:
        await events.having(lambda recorder: recorder.messages, "the stream to begin")
        one = needles.entry("acme/one")
        answers = [await by["writer"].ask(api.SetEntryRequest(entry=needles.entry("acme/one")))]
        answers += [await by["writer"].ask(api.SetEntryRequest(entry=one))]
        many = [needles.entry(f"acme/many-{number}") for number in range(20)]
        await by["writer"].ask(api.BatchSetEntriesRequest(entries=many))
        await _try_what_is_refused(by, needles)
        for _ in range(3):
            await _read_as_a_writer(by["writer"], one)
            for request in _reads("acme/one"):
                needles.check(f"a reader's {type(request).__name__}", await _answer(by["reader"], request))
        await _change(by)
        await _read_as_a_writer(by["writer"], one)

        async def has_copies() -> bool:
            return any(needles.clear.encode() in data for data in stage.copies().values())

        await eventually(has_copies, "copies in Redis")
        for name, data in (stage.tables() | stage.copies()).items():
            needles.check(name, data)
        kinds = {pb.CACHE_EVENT_KIND_SET, pb.CACHE_EVENT_KIND_HIT, pb.CACHE_EVENT_KIND_INVALIDATION_COMPLETED}
        await events.having(
            lambda recorder: kinds <= {event.kind for message in recorder.messages for event in message.events},
            "events of each kind",
        )
        needles.check("the stream of events", b"".join(m.SerializeToString() for m in events.messages))
    assert needles.clear.encode() in stage.tables()["cache_entry"]
    needles.check("the log", stage.log())
    assert b"SetEntry" in stage.log()


async def _read_as_a_writer(writer: Caller, wanted: pb.CacheEntry) -> None:
    got = (await writer.ask(api.GetEntryRequest(namespace=OURS, key=wanted.key))).entry
    listed = (await writer.ask(api.ListEntriesRequest(namespace=OURS, page_size=500))).entries
    fetched = (await writer.ask(api.BatchGetEntriesRequest(namespace=OURS, keys=[wanted.key]))).entries
    for one in (got, *fetched, *(entry for entry in listed if entry.key == wanted.key)):
        assert one.metadata == wanted.metadata
        assert one.value.metadata == wanted.value.metadata


def _reads(model_id: str) -> list[Message]:
    return [
        api.GetEntryRequest(namespace=OURS, key=model_id),
        api.BatchGetEntriesRequest(namespace=OURS, keys=[model_id, "acme/many-3", "acme/none"]),
        api.ListEntriesRequest(namespace=OURS),
        api.HasEntryRequest(namespace=OURS, key=model_id),
        api.GetEntryTtlRequest(namespace=OURS, key=model_id),
        api.GetCacheStatsRequest(),
        api.ListInvalidationsRequest(),
    ]


async def _answer(caller: Caller, request: Message) -> bytes:
    answer = await caller.ask(request)
    data: bytes = answer.SerializeToString()
    return data


async def _try_what_is_refused(by: dict[str, Caller], needles: Needles) -> None:
    """What fails with a secret in the request: its error has none of it."""
    wrong = needles.entry("acme/wrong")
    wrong.value.id = "acme/other"
    large = needles.entry("acme/large")
    large.metadata.update({"api_key": needles.new() * 10_000})
    model, published = needles.entry("acme/private").value, needles.entry("acme/published").value
    changed = update_pb2.FieldChange(path='metadata["api_key"]', new_value=Value(string_value=needles.new()))
    for caller, request, reason in (
        ("writer", api.SetEntryRequest(entry=needles.entry("acme/one"), expected_version=999_999), "VERSION_MISMATCH"),
        ("writer", api.SetEntryRequest(entry=wrong), "INVALID_REQUEST"),
        ("writer", api.SetEntryRequest(entry=large), "INVALID_REQUEST"),
        ("reader", api.SetEntryRequest(entry=needles.entry("acme/one")), "PERMISSION_DENIED"),
        ("writer", discovery.SaveModelRequest(model=model), "INVALID_REQUEST"),
    ):
        problem = await problem_of(by[caller].ask(request))
        assert problem.reason == reason, problem
        needles.check(f"the error of {reason}", str(problem).encode())
        if isinstance(request, discovery.SaveModelRequest):
            assert "set it as an entry of the cache" in problem.violations["model.metadata.credentials.token"]
    for update in (
        update_pb2.ModelUpdate(model_id=published.id, after=published),
        update_pb2.ModelUpdate(model_id=published.id, changes=[changed]),
    ):
        update.type = update_pb2.MODEL_UPDATE_TYPE_UPDATED
        request = subscriber.PublishUpdatesRequest(updates=[update_pb2.UpdateEvent(model=update)])
        (result,) = (await by["publisher"].ask(request)).results
        assert any("is declared secret" in problem for problem in result.problems), result
        needles.check("a refused update", result.SerializeToString())


async def _change(by: dict[str, Caller]) -> None:
    """All that changes entries without setting them."""
    await by["writer"].ask(discovery.SaveModelRequest(model=Model(id="acme/many-5", display_name="Five")))
    ttl = api.SetEntryTtlRequest(namespace=OURS, key="acme/one")
    ttl.ttl.FromSeconds(900)
    await by["writer"].ask(ttl)
    await by["writer"].ask(api.RefreshEntryRequest(namespace=OURS, key="acme/one"))
    rule = inv.InvalidationRule(name="tag them", conditions=[_team()], actions=[_tagged(), _told(), _extended()])
    created = (await by["admin"].ask(api.CreateInvalidationRuleRequest(rule=rule))).rule
    await by["admin"].ask(api.EvaluateInvalidationRuleRequest(rule_id=created.id))
    for target, mode in (
        (inv.InvalidationTarget(provider_id="acme"), inv.INVALIDATION_MODE_SOFT),
        (inv.InvalidationTarget(key="acme/many-1"), inv.INVALIDATION_MODE_HARD),
    ):
        await by["admin"].ask(api.InvalidateRequest(namespace=OURS, target=target, mode=mode))
    await by["writer"].ask(api.DeleteEntryRequest(namespace=OURS, key="acme/many-2"))

    async def tagged() -> bool:
        return "seen" in (await by["reader"].ask(api.GetEntryRequest(namespace=OURS, key="acme/one"))).entry.tags

    await eventually(tagged, "the rule to fire")
    await by["admin"].ask(api.CleanupCacheRequest())


def _team() -> inv.InvalidationCondition:
    condition = conditions.Condition(
        field="team", operator=conditions.CONDITION_OPERATOR_STARTS_WITH, value=Value(string_value="clear")
    )
    return inv.InvalidationCondition(subject=inv.INVALIDATION_SUBJECT_METADATA, condition=condition)


def _tagged() -> inv.InvalidationAction:
    return inv.InvalidationAction(tag=inv.InvalidationTags(tags=["seen"]))


def _told() -> inv.InvalidationAction:
    return inv.InvalidationAction(notify="tagged")


def _extended() -> inv.InvalidationAction:
    action = inv.InvalidationAction()
    action.extend_ttl.FromSeconds(3600)
    return action


async def test_keys_are_changed_without_losing_a_secret(stage: Stage) -> None:
    """secrets at rest: a server does not start with a wrong key, nor without one that is needed, and says what to do;
    with the old key behind the new one it reads everything, and after that the old one may go."""
    needles, server, old = Needles(), stage.server, stage.server.settings["MODELDEX_CACHE__ENCRYPTION_KEYS"]
    one = needles.entry("acme/one")
    async with stage.callers() as by:
        await by["writer"].ask(api.SetEntryRequest(entry=one))
    assert server.end() == 0
    new = key("k2")
    for keys, told in (
        (key("k1"), "The encryption key k1 is not the one that was known by this id before"),
        (new, "The encryption key k1 is missing"),
    ):
        server.settings["MODELDEX_CACHE__ENCRYPTION_KEYS"] = keys
        assert server.launch().wait_for_end() != 0
        assert told in server.errors
        assert "Traceback" not in server.errors
        assert keys[3:] not in server.errors
    server.settings["MODELDEX_CACHE__ENCRYPTION_KEYS"] = f"{new},{old}"
    server.start()
    async with stage.callers() as by:
        await _read_as_a_writer(by["writer"], one)

        async def sealed_anew() -> bool:
            return b"entries_sealed_anew" in stage.log()

        await eventually(sealed_anew, "the entry to be sealed with the new key")
    assert server.end() == 0
    server.settings["MODELDEX_CACHE__ENCRYPTION_KEYS"] = new
    server.start()
    async with stage.callers() as by:
        await _read_as_a_writer(by["writer"], one)
    needles.check("the table", stage.tables()["cache_entry"])
