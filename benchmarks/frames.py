"""HTTP/2 by hand, as much of it as a receiver of gRPC streams needs: requests out, frames in. Nothing is decoded."""

from __future__ import annotations

import struct
from typing import NamedTuple

DATA, HEADERS, RESET, SETTINGS, PING, GOAWAY, WINDOW = 0, 1, 3, 4, 6, 7, 8
ACK = END_STREAM = 1
_END_HEADERS = 4
_HEAD = 9
_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_INITIAL_WINDOW = 4  # the setting's number
WINDOW_DEFAULT, WINDOW_MOST = 65_535, 2**31 - 1


class Frame(NamedTuple):
    """One frame as it came."""

    kind: int
    flags: int
    stream: int
    payload: bytes


class Splitter:
    """Takes the bytes of one connection apart, however they were cut."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that are whole with these bytes."""
        data = self._rest + data if self._rest else data
        frames: list[Frame] = []
        at, end = 0, len(data)
        while end - at >= _HEAD:
            high, low, kind, flags, stream = struct.unpack_from(">HBBBL", data, at)
            after = at + _HEAD + (high << 8 | low)
            if after > end:
                break
            frames.append(Frame(kind, flags, stream & 0x7FFF_FFFF, data[at + _HEAD : after]))
            at = after
        self._rest = data[at:]
        return frames


def frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    """A frame as it is sent."""
    return len(payload).to_bytes(3) + struct.pack(">BBL", kind, flags, stream) + payload


def opening(window: int) -> bytes:
    """What a client sends first. `window`: the bytes that each stream, and all of them together, may bring before the
    receiver says that it read some; this one never says so."""
    settings = struct.pack(">HLHL", 2, 0, _INITIAL_WINDOW, window)  # and no pushes
    more = window - WINDOW_DEFAULT
    return _PREFACE + frame(SETTINGS, 0, 0, settings) + (frame(WINDOW, 0, 0, more.to_bytes(4)) if more > 0 else b"")


def call(stream: int, path: str, authority: str, message: bytes, *, half_closed: bool = True) -> bytes:
    """The request of a gRPC call with one message. Not half closed, more could follow it."""
    # Fields of the static table by their numbers (POST, http), the others by name and not indexed.
    headers = b"\x83\x86" + _field(b"\x04", path) + _field(b"\x01", authority)
    headers += _field(b"\x0f\x10", "application/grpc") + _field(b"\x00" + _text("te"), "trailers")
    body = b"\0" + len(message).to_bytes(4) + message
    return frame(HEADERS, _END_HEADERS, stream, headers) + frame(DATA, END_STREAM * half_closed, stream, body)


def answer(received: Frame) -> bytes:
    """What a frame must be answered with, if anything: a server that hears nothing closes the connection."""
    if received.flags & ACK or received.kind not in {SETTINGS, PING}:
        return b""
    return frame(received.kind, ACK, 0, received.payload if received.kind == PING else b"")


def _field(name: bytes, value: str) -> bytes:
    return name + _text(value)


def _text(text: str) -> bytes:
    data = text.encode("ascii")
    if len(data) > 126:
        raise ValueError(f"{text} is too long for a length of one byte")
    return bytes((len(data),)) + data
