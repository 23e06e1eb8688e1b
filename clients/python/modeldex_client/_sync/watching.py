# Written by scripts/unasync.py from _async/watching.py; edit that one.
"""Watching: updates as they come, over as many connections as it takes."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from types import TracebackType
from typing import Self

import grpc

from modeldex.v1 import subscriber_service_pb2 as pb
from modeldex.v1.update_pb2 import UpdateEvent
from modeldex_client import _threads, _watch
from modeldex_client._errors import ConnectionFailed, ModeldexError
from modeldex_client._sync.calling import Caller


class Watch:
    """Updates of the catalogue in their order, each once: iterate it, or its `messages()`.

    It connects with the first update that is asked for; as a context manager when the block begins, so that it misses
    nothing that is committed there. Where the connection is lost, the server goes away or nothing comes for three
    bookmark intervals, it connects again, to any replica, and goes on where it was. It ends with `close()`, or with an
    error that another attempt would not mend. One thread reads it; any may close it.
    """

    def __init__(self, caller: Caller, order: _watch.Order, on_interruption: _watch.Listener | None) -> None:
        self._caller = caller
        self._order = order
        self._tell = on_interruption
        self._backoff = _watch.Backoff()
        self._closing = _threads.Signal()
        self._stream: _threads.Stream[pb.WatchResponse] | None = None
        self._lane: grpc.Channel | None = None  # a channel of its own, once the client's went silent
        self._token = order.resume_token  # where the next connection goes on
        self._anew = False
        self._pause = 0.0  # what the server asks to wait
        self._going = ""  # why the server is about to end the stream
        self._parts: list[pb.WatchResponse] = []  # of a snapshot that is not complete
        self._messages: deque[pb.WatchResponse] = deque()  # came, and were not given
        self._updates: deque[UpdateEvent] = deque()  # the rest of the message that is being given
        self._giving = pb.WatchResponse()
        self._given = pb.WatchResponse(resume_token=order.resume_token or "")
        caller.keep(self)  # nothing else ends what waits in it

    @property
    def resume_token(self) -> str:
        """Continues after what was given, also in another process; empty where nothing came that says where that is.

        It moves once all updates of a message were given: they are of one revision, or of several.
        """
        return self._given.resume_token

    @property
    def revision(self) -> int:
        """Everything up to this revision that matches was given; 0 before the first message."""
        return self._given.revision

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> UpdateEvent:
        """The next update. A model of a snapshot comes as one that is no change: it has `after`, the transition
        ENTERED, no type, and the revision of its own last change."""
        while not self._updates:
            message = self._message()
            if message is None:
                raise StopIteration
            self._updates.extend(_watch.updates(message))
            self._giving = message
            if not self._updates:
                self._note(message)
        update = self._updates.popleft()
        if not self._updates:
            self._note(self._giving)
        return update

    def messages(self) -> Iterator[pb.WatchResponse]:
        """Whole messages, bookmarks among them, whichever kinds are watched.

        A snapshot comes once it is there as a whole. A further one takes the place of all that came before.
        """
        while (message := self._message()) is not None:
            self._note(message)
            yield message

    def close(self) -> None:
        """Ends the call at once, and the iteration with it."""
        self._closing.set()
        self._hang_up()
        lane, self._lane = self._lane, None
        if lane is not None:
            lane.close()

    def __enter__(self) -> Self:
        self._fill()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _note(self, message: pb.WatchResponse) -> None:
        if message.resume_token:
            self._giving = pb.WatchResponse()
        self._given = pb.WatchResponse(
            resume_token=message.resume_token, revision=message.revision, stream=message.stream
        )

    def _message(self) -> pb.WatchResponse | None:
        """The next message; None at the end."""
        self._fill()
        return self._messages.popleft() if self._messages else None

    def _fill(self) -> None:
        """Wait until there is a message to give, or the end. What has no token counts only with what follows."""
        while not self._messages and not self._closing.is_set():
            message = self._read()
            if message is None:
                continue
            self._backoff.reset()
            self._parts.append(message)
            if message.resume_token:
                self._token = message.resume_token
                self._messages.extend(self._parts)
                self._parts.clear()
            if message.HasField("going_away"):
                self._going = message.going_away.reason
                self._pause = message.going_away.retry_after.ToTimedelta().total_seconds()

    def _read(self) -> pb.WatchResponse | None:
        """A message as it comes; None where the connection ended and another is to be made."""
        try:
            message = self._receive()
        except ModeldexError as error:
            self._interrupted(error)
            return None
        if message is None:
            self._interrupted(None)
        else:
            self._caller.revision.see(message.revision)
        return message

    def _receive(self) -> pb.WatchResponse | None:
        if self._stream is None:
            self._stream = self._connect()
            if self._closing.is_set():
                return None
        try:
            return self._stream.read()
        except TimeoutError:
            self._change_lane()
            silence = f"{self._order.silence:g} s"
            raise ConnectionFailed(f"Nothing came from {self._caller.options.target} for {silence}.") from None
        except grpc.RpcError as error:
            raise self._caller.failure(error, self._order.request) from error

    def _connect(self) -> _threads.Stream[pb.WatchResponse]:
        self._caller.require_open()
        channel = self._lane or self._caller.channel
        method = channel.unary_stream(
            self._order.path,
            request_serializer=pb.WatchRequest.SerializeToString,
            response_deserializer=pb.WatchResponse.FromString,
        )
        request = self._order.begin(self._token, anew=self._anew)
        return _threads.Stream(method(request, metadata=self._caller.options.metadata), self._order.silence)

    def _change_lane(self) -> None:
        """Behind a connection that says nothing the client's channel may wait for long: take a fresh one."""
        before, self._lane = self._lane, self._caller.spare()
        if before is not None:
            before.close()

    def _interrupted(self, error: ModeldexError | None) -> None:
        """Make ready for another connection, and wait as long as is right. Raises the error that ends the watch."""
        self._hang_up()
        self._parts.clear()
        if self._closing.is_set():
            return
        if error is not None and _watch.is_changed(error):
            self._token = None  # it is bound to what the subscription asked for before
        elif error is not None and _watch.ends(error):
            if not (self._order.snapshot and _watch.is_gone(error)):
                self.close()
                raise error
            self._token, self._anew = None, True
        least, self._pause = self._pause, 0.0
        reason, self._going = self._going, ""
        if error is not None:
            reason = str(error)
            least = error.retry_after.total_seconds() if error.retry_after is not None else least
        wait = self._backoff.next(least)
        if self._tell is not None:
            self._tell(_watch.Interruption(reason or "The server ended the stream.", error, wait))
        self._closing.wait(wait)

    def _hang_up(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.cancel()
