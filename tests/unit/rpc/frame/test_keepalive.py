"""Connections on which nothing moves but pings: minutes in seconds, with what the server says of pings scaled alike."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest

from modeldex_server.rpc.frame import server as frame_server
from unit.rpc.frame.conftest import Start

SCALE = 25
PINGS = 6  # more than the server forgives where they come too soon
MANY = 100  # some of which come too soon, on whatever machine
_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_SETTINGS, _PING, _GOAWAY = 4, 6, 7


@pytest.fixture
def scaled(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the server says of pings, in a fraction of the time."""
    right = frame_server._options

    def options(**given: Any) -> Iterable[tuple[str, int]]:
        return [(name, value // SCALE if "ping" in name else value) for name, value in right(**given)]

    monkeypatch.setattr(frame_server, "_options", options)


def frame(kind: int, payload: bytes = b"") -> bytes:
    """A frame of HTTP/2 for the connection as a whole."""
    return len(payload).to_bytes(3) + bytes([kind, 0]) + bytes(4) + payload


async def goodbye(address: str, seconds: float, pings: int = PINGS) -> bytes | None:
    """What the server says when it sends a client away that pings every so many seconds; None where it does not.

    gRPC's own clients ping once a second at the most, too seldom for a test.
    """
    host, _, port = address.rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(_PREFACE + frame(_SETTINGS))
    reading = asyncio.create_task(_goaway(reader))
    try:
        for _ in range(pings):
            writer.write(frame(_PING, bytes(8)))
            done, _ = await asyncio.wait([reading], timeout=seconds / SCALE)
            if done:
                return reading.result()
        return None
    finally:
        reading.cancel()
        writer.close()


async def _goaway(reader: asyncio.StreamReader) -> bytes:
    while True:
        header = await reader.readexactly(9)
        payload = await reader.readexactly(int.from_bytes(header[:3]))
        if header[3] == _GOAWAY:
            return payload[8:]


async def test_a_client_that_pings_every_20_seconds_is_let_alone(start: Start, scaled: None) -> None:
    """idle connections: as clients are told to, for as long as they like."""
    assert await goodbye((await start()).address, 20) is None


async def test_a_client_that_pings_every_5_seconds_is_sent_away(start: Start, scaled: None) -> None:
    """idle connections: one that pings twice as often as is allowed is told so."""
    assert await goodbye((await start()).address, 5, MANY) == b"too_many_pings"
