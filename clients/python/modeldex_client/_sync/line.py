# Written by scripts/unasync.py from _async/line.py; edit that one.
"""The connections of a stream that is opened again, one after the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

import grpc
from google.protobuf.message import Message

from modeldex_client import _threads, _watch
from modeldex_client._errors import ConnectionFailed, ModeldexError
from modeldex_client._sync.calling import Caller

Response = TypeVar("Response", bound=Message)


class Line(Generic[Response]):
    """Reads from one connection at a time. What ends one is the caller's to judge, who then says `pause` or `close`."""

    def __init__(
        self,
        caller: Caller,
        path: str,
        answer: type[Response],
        silence: float,
        on_interruption: _watch.Listener | None,
    ) -> None:
        """`path` is that of the method, `answer` its messages; after `silence` seconds a connection counts as dead."""
        self._caller = caller
        self._path = path
        self._answer = answer
        self._silence = silence
        self._tell = on_interruption
        self._backoff = _watch.Backoff()
        self._closing = _threads.Signal()
        self._request: Message  # of this connection
        self._stream: _threads.Stream[Response] | None = None
        self._lane: grpc.Channel | None = None  # a channel of its own, once the client's went silent

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return self._closing.is_set()

    def read(self, begin: Callable[[], Message]) -> Response | None:
        """The next message; `begin` gives the request for a connection where there is none.

        None where the server ended the connection, or `close` did. Raises ModeldexError.
        """
        if self._stream is None:
            self._request = begin()
            self._stream = self._connect(self._request)
            if self.closed:
                return None
        try:
            message = self._stream.read()
        except TimeoutError:
            self._change_lane()
            silence = f"{self._silence:g} s"
            raise ConnectionFailed(f"Nothing came from {self._caller.options.target} for {silence}.") from None
        except grpc.RpcError as error:
            raise self._caller.failure(error, self._request) from error
        if message is not None:
            self._backoff.reset()
        return message

    def pause(self, reason: str, error: ModeldexError | None, least: float = 0.0) -> None:
        """Tell that another connection is to be made, and wait as long as is right: `least` seconds, or as the error
        says."""
        if error is not None and error.retry_after is not None:
            least = error.retry_after.total_seconds()
        wait = self._backoff.next(least)
        if self._tell is not None:
            self._tell(_watch.Interruption(reason, error, wait))
        self._closing.wait(wait)

    def hang_up(self) -> None:
        """End the connection; the next read makes another."""
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.cancel()

    def close(self) -> None:
        """End the connection, and make none any more."""
        self._closing.set()
        self.hang_up()
        lane, self._lane = self._lane, None
        if lane is not None:
            lane.close()

    def _connect(self, request: Message) -> _threads.Stream[Response]:
        self._caller.require_open()
        channel = self._lane or self._caller.channel
        method = channel.unary_stream(
            self._path,
            request_serializer=type(request).SerializeToString,
            response_deserializer=self._answer.FromString,
        )
        return _threads.Stream(method(request, metadata=self._caller.options.metadata), self._silence)

    def _change_lane(self) -> None:
        """Behind a connection that says nothing the client's channel may wait for long: take a fresh one."""
        before, self._lane = self._lane, self._caller.spare()
        if before is not None:
            before.close()
