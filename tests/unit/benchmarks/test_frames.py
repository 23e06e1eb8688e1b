"""HTTP/2 by hand: what the receiver sends and how it takes apart what comes."""

from __future__ import annotations

from benchmarks import frames
from benchmarks.frames import Frame, Splitter, frame
from hypothesis import given
from hypothesis import strategies as st

SENT = [
    Frame(frames.SETTINGS, 0, 0, b"\0\4\0\1\0\0"),
    Frame(frames.HEADERS, 4, 1, b"headers"),
    Frame(frames.DATA, 0, 1, b"x" * 70_000),
    Frame(frames.PING, 0, 0, b"12345678"),
    Frame(frames.DATA, frames.END_STREAM, 2**31 - 1, b""),
]


@given(st.lists(st.integers(1, 80_000), max_size=20))
def test_frames_are_whole_however_the_bytes_were_cut(sizes: list[int]) -> None:
    """Each frame comes once, in order, as soon as its last byte is there."""
    data = b"".join(frame(*one) for one in SENT)
    splitter, received = Splitter(), []
    for size in sizes:
        received += splitter.feed(data[:size])
        data = data[size:]
    assert received == SENT[: len(received)]
    assert received + splitter.feed(data) == SENT


def test_the_highest_bit_of_a_stream_is_not_part_of_its_number() -> None:
    """It is reserved, and to be ignored."""
    data = bytearray(frame(frames.DATA, 0, 5, b"x"))
    data[5] |= 0x80
    assert Splitter().feed(bytes(data)) == [Frame(frames.DATA, 0, 5, b"x")]


def test_settings_and_pings_are_acknowledged_once() -> None:
    """A server that hears nothing closes the connection; an acknowledgement is not acknowledged."""
    ping = Frame(frames.PING, 0, 0, b"12345678")
    (answer,) = Splitter().feed(frames.answer(ping))
    assert answer == Frame(frames.PING, frames.ACK, 0, b"12345678")
    assert frames.answer(answer) == b""
    assert Splitter().feed(frames.answer(SENT[0])) == [Frame(frames.SETTINGS, frames.ACK, 0, b"")]
    assert frames.answer(SENT[2]) == b""


def test_a_receiver_that_never_reads_lets_no_more_come_than_http2_must() -> None:
    """With the default window nothing is added to that of the connection; with the largest one, all there is."""
    preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
    kinds = [one.kind for one in Splitter().feed(frames.opening(frames.WINDOW_DEFAULT).removeprefix(preface))]
    assert kinds == [frames.SETTINGS]
    settings, window = Splitter().feed(frames.opening(frames.WINDOW_MOST).removeprefix(preface))
    assert settings.payload.endswith((2**31 - 1).to_bytes(4))
    assert int.from_bytes(window.payload) + frames.WINDOW_DEFAULT == 2**31 - 1


def test_a_call_is_one_message_and_stays_open_where_more_may_follow() -> None:
    """The message has its length before it; only a half closed call ends our side."""
    for half_closed, flags in ((True, frames.END_STREAM), (False, 0)):
        headers, data = Splitter().feed(frames.call(3, "/a.B/C", "h:1", b"hello", half_closed=half_closed))
        assert (headers.kind, headers.stream) == (frames.HEADERS, 3)
        assert b"/a.B/C" in headers.payload
        assert data == Frame(frames.DATA, flags, 3, b"\0\0\0\0\5hello")
