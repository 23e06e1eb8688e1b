"""Redis as a helper, on a real one: it answers, or it is away at once; it never answers wrongly."""

from __future__ import annotations

import asyncio
import random
import ssl
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trustme
from structlog.testing import capture_logs

from modeldex_server.store.breaker import State
from modeldex_server.store.redis import Answer, RedisAway, RedisClient, Refused
from support.ports import free_port
from support.proxies import proxy
from support.redis import RedisServer, redis_server
from support.waiting import eventually

PATIENT = 20.0  # seconds: where a test is not of the limits, so that a slow machine is no outage
SOON = 5.0  # seconds: a hundred times the limit of an operation


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    """A Redis that every test leaves running."""
    with redis_server() as server:
        yield server


@pytest.fixture
async def patient(server: RedisServer) -> AsyncIterator[RedisClient]:
    """A client without haste."""
    async with client_of(server.url, seconds=PATIENT) as client:
        yield client


@pytest.fixture
async def client(server: RedisServer) -> AsyncIterator[RedisClient]:
    """A client as servers have it."""
    async with client_of(server.url) as client:
        yield client


@asynccontextmanager
async def client_of(url: str, *, seconds: float | None = None, silence: float = 5.0) -> AsyncIterator[RedisClient]:
    client = (
        RedisClient(url, silence_seconds=silence)
        if seconds is None
        else RedisClient(url, connect_seconds=seconds, operation_seconds=seconds, silence_seconds=silence)
    )
    yield client
    await client.close()


async def or_away(client: RedisClient, *words: str | bytes | int) -> Answer | RedisAway:
    """The answer, or that there is none."""
    try:
        return await client.ask(*words)
    except RedisAway as away:
        return away


async def answers(client: RedisClient) -> bool:
    return not isinstance(await or_away(client, "PING"), RedisAway)


async def test_a_command_is_answered(patient: RedisClient) -> None:
    value = bytes(range(256)) * 400
    assert await patient.ask("SET", "one", value, "PX", 60_000) == b"OK"
    assert await patient.ask("MGET", "one", "none") == [value, None]
    assert await patient.ask("DEL", "one") == 1
    assert (patient.operations, patient.failures, patient.skipped, patient.state) == (3, 0, 0, State.CLOSED)


async def test_commands_that_are_sent_at_once_are_answered_in_their_order(patient: RedisClient) -> None:
    """In one round trip; what Redis refuses stands where it was asked, and the others are done."""
    answers = await patient.ask_all(
        [("SET", "word", b"\x00\r\n"), ("INCR", "word"), ("GET", "word"), ("NONSENSE",), ("MGET", "word", "none")]
    )
    assert [str(one) if isinstance(one, Refused) else one for one in answers] == [
        b"OK",
        "ResponseError",
        b"\x00\r\n",
        "ResponseError",
        [b"\x00\r\n", None],
    ]
    assert (patient.operations, patient.failures, patient.state) == (5, 2, State.CLOSED)
    assert await patient.ask("ECHO", "in step") == b"in step"


async def test_commands_that_are_given_up_leave_nothing_for_the_next(server: RedisServer, patient: RedisClient) -> None:
    """Many at once, cancelled at any of their steps: those that are answered have their own answers."""
    chance = random.Random(3)

    async def one(number: int) -> bool:
        words = [("ECHO", f"{number} {at}") for at in range(chance.randrange(1, 40))]
        task = asyncio.create_task(patient.ask_all(words))
        if chance.random() < 0.5:
            for _ in range(chance.randrange(30)):
                await asyncio.sleep(0)
            task.cancel()
        (answers,) = await asyncio.gather(task, return_exceptions=True)
        if isinstance(answers, asyncio.CancelledError):
            return False
        assert answers == [text.encode() for _, text in words]
        return True

    async def many(first: int) -> int:
        return sum([await one(number) for number in range(first, first + 50)])

    assert 250 < sum(await asyncio.gather(*(many(turn * 50) for turn in range(20)))) < 1000
    assert patient.failures == 0


async def test_who_wants_to_know_is_told_when_redis_answers_and_when_not() -> None:
    """Once at each change: when the first command is answered, when the breaker opens, when it closes."""
    told: list[bool] = []
    with redis_server() as mortal:
        async with client_of(mortal.url, seconds=PATIENT) as client:  # what is killed refuses at once
            client.on_change = told.append
            await eventually(lambda: answers(client), "an answer")
            for _turn in range(2):
                await answers(client)
                assert told[-1] is True
                mortal.kill()
                while client.state is State.CLOSED:
                    await answers(client)
                for _ in range(10):
                    await answers(client)
                assert told[-1] is False
                mortal.start()
                await eventually(lambda: answers(client), "an answer")
    assert told == [True, False, True, False, True]


async def test_a_redis_that_is_away_from_the_start_is_told_of() -> None:
    told: list[bool] = []
    async with client_of(f"redis://127.0.0.1:{free_port()}") as client:
        client.on_change = told.append
        for _ in range(20):
            await answers(client)
    assert told == [False]


async def test_the_database_and_the_password_of_the_address_count() -> None:
    with redis_server() as guarded:
        guarded.run("CONFIG", "SET", "requirepass", "secret")
        async with client_of(f"redis://:secret@{guarded.address}/3", seconds=PATIENT) as client:
            await client.ask("SET", "where", "three")
        assert guarded.run("GET", "where", password="secret", db=3) == b"three"


@asynccontextmanager
async def over_tls(server: RedisServer, context: ssl.SSLContext) -> AsyncIterator[int]:
    """The port of a Redis that speaks TLS."""

    async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        to_reader, to_writer = await asyncio.open_connection("127.0.0.1", server.port)
        await asyncio.gather(copy(reader, to_writer), copy(to_reader, writer))

    async with await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context) as front:
        yield front.sockets[0].getsockname()[1]


async def test_a_redis_is_reached_by_tls_and_only_if_it_is_the_right_one(server: RedisServer, tmp_path: Path) -> None:
    """An authority that is named counts; a server whose certificate is nobody's is away."""
    authority, context = trustme.CA(), ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    async with over_tls(server, context) as port:
        async with client_of(f"rediss://localhost:{port}?ssl_ca_certs={tmp_path}/ca.pem", seconds=PATIENT) as client:
            assert await client.ask("PING") == b"PONG"
        async with client_of(f"rediss://localhost:{port}", seconds=PATIENT) as client:
            with capture_logs() as lines:
                while client.state is State.CLOSED:
                    assert type(await or_away(client, "PING")) is RedisAway
            assert [line["why"] for line in lines] == ["SSLCertVerificationError"]


async def test_a_cancelled_command_leaves_nothing_for_the_next(server: RedisServer, patient: RedisClient) -> None:
    """Commands that were sent and then given up are answered later, on connections that nobody uses any more."""
    for number in range(40):
        await patient.ask("SET", f"key {number}", number)
    server.hold()
    try:
        waiting = [asyncio.create_task(patient.ask("GET", f"key {number}")) for number in range(20)]
        await asyncio.sleep(0.1)
        for task in waiting:
            task.cancel()
        outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    finally:
        server.release()
    assert {type(outcome) for outcome in outcomes} == {asyncio.CancelledError}
    for number in range(20, 40):
        assert await patient.ask("GET", f"key {number}") == str(number).encode()
    assert patient.failures == 0


async def test_no_answer_is_ever_that_of_another_command(patient: RedisClient) -> None:
    """Thousands of commands, half of them cancelled at any of their steps: each that is answered has its own answer,
    and no connection is lost on the way."""
    chance = random.Random(7)
    keys = {f"own {number}": f"value {number}".encode() for number in range(50)}
    for key, value in keys.items():
        await patient.ask("SET", key, value)

    async def one(key: str) -> bool:
        task = asyncio.create_task(patient.ask("GET", key))
        if chance.random() < 0.5:
            for _ in range(chance.randrange(12)):
                await asyncio.sleep(0)
            task.cancel()
        (answer,) = await asyncio.gather(task, return_exceptions=True)
        if isinstance(answer, asyncio.CancelledError):
            return False
        assert answer == keys[key]
        return True

    async def many() -> int:
        return sum([await one(chance.choice(list(keys))) for _ in range(150)])

    assert 1000 < sum(await asyncio.gather(*(many() for _ in range(20)))) < 3000
    # All 32 connections can still be had at once.
    assert await asyncio.gather(*(patient.ask("ECHO", number) for number in range(32))) == [
        str(number).encode() for number in range(32)
    ]


async def test_a_server_that_hangs_costs_a_moment_and_then_nothing(server: RedisServer, client: RedisClient) -> None:
    """Each of the first commands waits for the limit of an operation; then none waits, and one is let through now and
    then to see. When it answers again so do commands, with nothing of what was given up."""
    assert await eventually(lambda: answers(client), "an answer")
    server.hold()
    try:
        began = time.monotonic()
        while client.state is State.CLOSED:
            assert isinstance(await or_away(client, "SET", "late", "late"), RedisAway)
        assert client.failures >= 5
        assert not client.healthy
        tried, many = client.operations, 2000
        for _ in range(many):
            assert isinstance(await or_away(client, "PING"), RedisAway)
        assert time.monotonic() - began < SOON
        assert client.operations - tried < 10
        assert client.skipped > many - 10
    finally:
        server.release()
    await eventually(lambda: answers(client), "it to be asked again")
    assert (client.state, client.healthy) == (State.CLOSED, True)


async def test_a_killed_server_is_found_again_without_a_restart(client: RedisClient) -> None:
    """It comes back empty, as a flushed one: connections that died are made anew."""
    with redis_server() as mortal:
        async with client_of(mortal.url, seconds=PATIENT) as mine:
            for _ in range(3):
                await eventually(lambda: answers(mine), "an answer")
                mortal.kill()
                for _ in range(20):
                    assert isinstance(await or_away(mine, "PING"), RedisAway)
                mortal.start()
            await eventually(lambda: answers(mine), "an answer")
            assert await or_away(mine, "GET", "anything") is None


async def test_connections_are_bounded_and_asking_too_much_is_no_outage(
    server: RedisServer, patient: RedisClient
) -> None:
    before = int(server.run("INFO", "clients")["connected_clients"])
    outcomes = await asyncio.gather(*(or_away(patient, "BLPOP", "nothing", "0.3") for _ in range(200)))
    assert sum(isinstance(outcome, RedisAway) for outcome in outcomes) == 200 - 32
    assert patient.state is State.CLOSED
    assert int(server.run("INFO", "clients")["connected_clients"]) - before <= 32
    assert await patient.ask("PING") == b"PONG"


async def test_what_redis_refuses_is_away_and_the_rest_works() -> None:
    """A Redis that is full takes nothing and answers still: one line tells of it, and none of its keys or values."""
    with redis_server(maxmemory="3mb") as full, capture_logs() as lines:
        async with client_of(full.url, seconds=PATIENT) as client:
            await client.ask("SET", "small", "there")
            refused = [await or_away(client, "SET", f"hidden {number}", b"x" * 100_000) for number in range(100)]
            assert sum(isinstance(outcome, RedisAway) for outcome in refused) > 50
            assert await client.ask("GET", "small") == b"there"
            assert client.state is State.CLOSED
    assert [(line["event"], line["command"], line["why"]) for line in lines] == [
        ("redis_refuses", "SET", "OutOfMemoryError")
    ]


@asynccontextmanager
async def impostor(answer: bytes | None) -> AsyncIterator[str]:
    """The address of a server that is no Redis. It says the same to everything; None: it closes at once."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while answer is not None and await reader.read(1000):
            writer.write(answer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.mark.parametrize(
    "answer",
    [
        None,
        b"",
        b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
        b":many\r\n",
        b"$99999999999999999999\r\n",
        b"$5\r\nab",
        b"*1000000\r\n",
        b"*1\r\n" * 5000,
        b"\x00\xff\r\n",
        b"-LOADING Redis is loading the dataset in memory\r\n",
    ],
)
async def test_a_server_that_is_no_redis_is_away(answer: bytes | None) -> None:
    """Whatever it says, callers hear that Redis is away, soon; one line tells of it, and one of the listener."""
    with capture_logs() as lines:
        async with impostor(answer) as url, client_of(url, silence=0.05) as client:
            began = time.monotonic()
            for _ in range(15):
                assert isinstance(await or_away(client, "GET", "key"), RedisAway)
                assert isinstance(await listened(client), RedisAway)
            assert time.monotonic() - began < 15 * SOON
            assert client.state is not State.CLOSED
    assert sorted((line["event"], line["what"]) for line in lines) == [
        ("redis_away", "commands"),
        ("redis_away", "listening"),
    ]


async def test_who_says_yes_to_everything_is_listened_to_by_nobody() -> None:
    """A server that answers in Redis's protocol and is none."""
    with capture_logs() as lines:
        async with impostor(b"+OK\r\n") as url, client_of(url, seconds=PATIENT) as client:
            for _ in range(5):
                await listened(client)
    assert [(line["event"], line["what"]) for line in lines] == [("redis_away", "listening")]


async def listened(client: RedisClient) -> RedisAway:
    """What becomes of listening, once."""
    with pytest.raises(RedisAway) as away:
        async with asyncio.timeout(SOON):
            await client.listen("channel", lambda _: None)
    return away.value


@pytest.mark.parametrize(
    ("place", "seconds", "why"),
    [
        (lambda port: f"redis://:hunter2@127.0.0.1:{port}", PATIENT, "AuthenticationError"),
        (lambda port: f"redis://somebody:hunter2@127.0.0.1:{port}", PATIENT, "AuthenticationError"),
        (lambda port: f"redis://127.0.0.1:{port}/4000", PATIENT, "ResponseError"),
        (lambda port: f"redis://127.0.0.1:{free_port()}", PATIENT, "ConnectionRefusedError"),
        (lambda port: f"rediss://:hunter2@127.0.0.1:{port}", None, "TimeoutError"),  # it speaks no TLS
    ],
)
async def test_what_keeps_it_out_is_told_once_and_without_the_password(
    server: RedisServer, place: Callable[[int], str], seconds: float | None, why: str
) -> None:
    with capture_logs() as lines:
        async with client_of(place(server.port), seconds=seconds) as client:
            for _ in range(20):
                assert isinstance(await or_away(client, "PING"), RedisAway)
            for _ in range(3):
                await listened(client)
    assert [(line["event"], line["what"], line["why"]) for line in lines] == [
        ("redis_away", what, why) for what in ("commands", "listening")
    ]
    assert "hunter2" not in repr(lines)


async def test_who_listens_hears_what_is_published(server: RedisServer, patient: RedisClient) -> None:
    heard: list[bytes] = []
    task = asyncio.create_task(patient.listen("channel", heard.append))
    await eventually(lambda: is_listening(patient), "it to listen")
    for number in range(100):
        await patient.ask("PUBLISH", "channel", number)
        await patient.ask("PUBLISH", "another", "no")
    await eventually(lambda: has(heard, 100), "all messages")
    assert heard == [str(number).encode() for number in range(100)]
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not patient.listening
    # Its connection is no listener's any more.
    assert await asyncio.gather(*(patient.ask("PING") for _ in range(32))) == [b"PONG"] * 32


async def is_listening(client: RedisClient) -> bool:
    return client.listening


async def has(heard: list[bytes], count: int) -> bool:
    return len(heard) >= count


async def test_a_listener_stays_through_silence_and_notices_a_connection_that_died_silently(
    server: RedisServer,
) -> None:
    """A quiet channel is no outage; a connection that swallows everything is."""
    heard: list[bytes] = []
    with proxy(server.address) as between:
        async with client_of(f"redis://{between.address}", seconds=PATIENT, silence=2.5) as client:
            task = asyncio.create_task(client.listen("quiet", heard.append))
            await eventually(lambda: is_listening(client), "it to listen")
            await asyncio.sleep(6)  # two spans of silence, after each of which it asks
            assert client.listening
            server.run("PUBLISH", "quiet", "something")
            await eventually(lambda: has(heard, 1), "the message")
            between.silence()
            done, _ = await asyncio.wait({task}, timeout=6 * SOON)
            assert done
            assert isinstance(task.exception(), RedisAway)
            assert not client.listening
