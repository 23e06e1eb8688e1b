"""The client replica: a copy of the catalogue, or of what a filter chooses of it, that is always current."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from threading import Lock
from types import TracebackType
from typing import Self
from weakref import WeakSet

from modeldex.v1.model_pb2 import Model
from modeldex.v1.subscriber_service_pb2 import WatchResponse
from modeldex_client import _tasks
from modeldex_client._async.calling import AsyncCaller
from modeldex_client._async.watching import AsyncWatch
from modeldex_client._copy import Copy, ReplicaChange
from modeldex_client._errors import DeadlineExceeded, ModeldexError
from modeldex_client._watch import Interruption, Order

_log = logging.getLogger("modeldex_client")

Callback = Callable[[ReplicaChange], object]


class AsyncReplica:
    """A copy of models in this process, kept current by a watch. Reading it asks nobody.

    It begins with its block, or with `open()`; `ready()` waits until it holds everything. What it gives is shared: copy
    a model before you change it. It has what the log tells of models, so their `availability`, which is their
    provider's, is not in it, nor are deleted models. Any thread may read it.
    """

    def __init__(self, caller: AsyncCaller, order: Order) -> None:
        self._caller = caller
        self._watch = AsyncWatch(caller, order, self._interrupted)
        self._copy = Copy()
        self._get = self._copy.get
        self._callbacks: list[Callback] = []
        self._readers: WeakSet[AsyncChanges] = WeakSet()  # one that nobody reads any more goes
        self._lock = Lock()  # of the readers
        self._ready = _tasks.Signal()  # or ended
        self._worker: _tasks.Worker | None = None
        self._ended = False
        self._error: Exception | None = None  # what ended it
        self._trouble: ModeldexError | None = None  # what keeps it from following now

    def get(self, id: str) -> Model | None:
        """The model of an id; None where the copy has none. It takes as long as a lookup in a dictionary."""
        return self._get(id)

    @property
    def models(self) -> Mapping[str, Model]:
        """All models by their ids, as of the end of one revision. What is given changes no more."""
        return self._copy.models

    @property
    def revision(self) -> int:
        """It is current through this revision; 0 before its snapshot."""
        return self._copy.revision

    @property
    def staleness(self) -> float:
        """Seconds since it was last known to miss nothing, as the server says with each message.

        It stays below the interval of bookmarks where all is well, and is infinite before the snapshot.
        """
        return self._copy.staleness

    @property
    def trouble(self) -> Exception | None:
        """Why it cannot follow now, or why it ended; None while it follows."""
        return self._error or self._trouble

    async def ready(self, timeout: float | None = None) -> None:
        """Wait for the snapshot.

        Args:
            timeout: The most seconds to wait; None is the client's.

        Raises:
            ModeldexError: What ended it; after the time DeadlineExceeded, or why there is no connection.
        """
        await self.open()
        limit = self._caller.options.timeout if timeout is None else timeout
        if not await self._ready.wait(limit):
            target = self._caller.options.target
            raise self._trouble or DeadlineExceeded(f"{target} gave no whole snapshot within {limit:g} s.")
        if not self._copy.complete:
            raise self._error or RuntimeError("This replica is closed; make a new one.")

    def on_change(self, callback: Callback) -> Callable[[], None]:
        """Have a function called with every change from now on, in their order; the models of the snapshot are changes.

        It is called by what follows the log: be short. An error in it is logged. Returns what ends that.
        """
        self._callbacks.append(callback)

        def forget() -> None:
            if callback in self._callbacks:
                self._callbacks.remove(callback)

        return forget

    def changes(self) -> AsyncChanges:
        """The changes from now on, to be iterated; the models of the snapshot are changes."""
        reader = AsyncChanges(self)
        with self._lock:
            self._readers.add(reader)
        return reader

    @property
    def ended(self) -> bool:
        """Whether it follows no more: it was closed, or `trouble` says why."""
        return self._ended

    async def open(self) -> Self:
        """Begin to follow."""
        if self._worker is None:
            self._worker = _tasks.Worker(self._follow, "modeldex-replica")
        return self

    async def close(self) -> None:
        """Ends the watch. What is held stays, and grows old."""
        await self._watch.close()
        if self._worker is not None:
            await self._worker.join()

    async def __aenter__(self) -> Self:
        return await self.open()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _follow(self) -> None:
        try:
            async for message in self._watch.messages():
                self._take_in(message)
        except Exception as error:  # told to whoever asks: nobody waits for what runs beside
            self._error = error
        finally:
            self._ended = True
            self._ready.set()
            for reader in self._reading():
                reader.wake()

    def _take_in(self, message: WatchResponse) -> None:
        changes = self._copy.take_in(message)
        self._trouble = None
        if self._copy.complete:
            self._ready.set()
        readers, callbacks = self._reading(), list(self._callbacks)
        for change in changes:
            for reader in readers:
                reader.add(change)
            for callback in callbacks:
                self._call(callback, change)

    def _reading(self) -> list[AsyncChanges]:
        with self._lock:
            return list(self._readers)

    def _call(self, callback: Callback, change: ReplicaChange) -> None:
        try:
            callback(change)
        except Exception:
            _log.exception("A callback of a client replica failed at %s", change.id)

    def _interrupted(self, interruption: Interruption) -> None:
        self._trouble = interruption.error


class AsyncChanges:
    """The changes of a client replica since this was made, in their order.

    Whoever reads slowly holds up nobody: changes of one model that wait are joined to one. It ends with the replica,
    and with the error that ended that.
    """

    def __init__(self, replica: AsyncReplica) -> None:
        self._replica = replica
        self._waiting: dict[str, ReplicaChange] = {}
        self._lock = Lock()
        self._signal = _tasks.Signal()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> ReplicaChange:
        while (change := self._take()) is None:
            if self._replica.ended:
                if self._replica.trouble is not None:
                    raise self._replica.trouble
                raise StopAsyncIteration
            await self._signal.wait()
        return change

    def add(self, change: ReplicaChange) -> None:
        """Another one."""
        with self._lock:
            earlier = self._waiting.pop(change.id, None)
            joined = change if earlier is None else change._replace(before=earlier.before)
            if joined.before is not None or joined.after is not None:
                self._waiting[change.id] = joined
        self._signal.set()

    def wake(self) -> None:
        """Look whether the replica has ended."""
        self._signal.set()

    def _take(self) -> ReplicaChange | None:
        """The oldest that waits."""
        with self._lock:
            self._signal.clear()
            for id in self._waiting:
                return self._waiting.pop(id)
        return None
