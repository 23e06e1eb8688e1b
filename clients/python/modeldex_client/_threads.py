"""What waiting means in threads: the counterpart of `_tasks`, under the same names."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from time import monotonic
from typing import Any, Generic, Protocol, TypeVar

import grpc

Response = TypeVar("Response")
Coming_co = TypeVar("Coming_co", covariant=True)

Signal = threading.Event


class Call(Protocol[Coming_co]):
    """A call of gRPC whose answers come one by one."""

    def __next__(self) -> Coming_co: ...
    def cancel(self) -> object: ...


class Stream(Generic[Response]):
    """The answers of a call, with a limit for each. gRPC has none: a thread looks after it."""

    def __init__(self, call: Call[Response], silence: float) -> None:
        """`silence`: seconds after which an answer that does not come is given up."""
        self._call = call
        self._silence = silence
        self._waits_since: float | None = None
        self._silent = False
        self._cancelled = False
        self._ended = threading.Event()
        # The thread does not keep the stream: one that nobody reads any more ends its call as it goes.
        watchman = threading.Thread(
            target=_look_after, args=(weakref.ref(self), self._ended, silence), name="modeldex-silence", daemon=True
        )
        watchman.start()

    def read(self) -> Response | None:
        """The next answer; None at the end, also where `cancel` made it.

        Raises:
            TimeoutError: Nothing came.
            grpc.RpcError: The call failed.
        """
        self._waits_since = monotonic()
        try:
            return next(self._call)
        except StopIteration:
            self._ended.set()
            return None
        except grpc.RpcError:
            self._ended.set()
            if self._silent:
                raise TimeoutError from None
            if self._cancelled:
                return None
            raise
        finally:
            self._waits_since = None

    def cancel(self) -> None:
        """End the call. From any thread."""
        self._cancelled = True
        self._ended.set()
        self._call.cancel()

    def look(self) -> float:
        """Give up where nothing came for too long; seconds until the next look."""
        since = self._waits_since
        left = self._silence if since is None else since + self._silence - monotonic()
        if left <= 0:
            self._silent = True
            self.cancel()
        return left

    def __del__(self) -> None:
        self._ended.set()


def _look_after(reference: weakref.ref[Stream[Any]], ended: threading.Event, left: float) -> None:
    while not ended.wait(left):
        stream = reference()
        if stream is None:
            return
        left = stream.look()
        del stream


class Worker:
    """Something that runs beside, and does not keep the program from ending."""

    def __init__(self, run: Callable[[], None], name: str) -> None:
        """Begins at once. `run` raises nothing."""
        self._thread = threading.Thread(target=run, name=name, daemon=True)
        self._thread.start()

    def join(self) -> None:
        """Wait for its end; of no use to what runs in it."""
        if threading.current_thread() is not self._thread:
            self._thread.join()
