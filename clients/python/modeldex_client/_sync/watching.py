# Written by scripts/unasync.py from _async/watching.py; edit that one.
"""Watching: updates as they come, over as many connections as it takes."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from types import TracebackType
from typing import Self

from modeldex.v1 import subscriber_service_pb2 as pb
from modeldex.v1.update_pb2 import UpdateEvent
from modeldex_client import _watch
from modeldex_client._errors import ModeldexError
from modeldex_client._sync.calling import Caller
from modeldex_client._sync.line import Line


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
        self._line = Line(caller, order.path, pb.WatchResponse, order.silence, on_interruption)
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
        self._line.close()

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
        while not self._messages and not self._line.closed:
            message = self._read()
            if message is None:
                continue
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
            message = self._line.read(self._begin)
        except ModeldexError as error:
            self._interrupted(error)
            return None
        if message is None:
            self._interrupted(None)
        else:
            self._caller.revision.see(message.revision)
        return message

    def _begin(self) -> pb.WatchRequest:
        """The request of the next connection."""
        return self._order.begin(self._token, anew=self._anew)

    def _interrupted(self, error: ModeldexError | None) -> None:
        """Make ready for another connection, and wait as long as is right. Raises the error that ends the watch."""
        self._line.hang_up()
        self._parts.clear()
        if self._line.closed:
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
        self._line.pause(reason or "The server ended the stream.", error, least)
