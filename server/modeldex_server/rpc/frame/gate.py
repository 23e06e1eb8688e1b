"""The gate: whether calls may come in now."""

from __future__ import annotations

from collections.abc import Callable

from modeldex_server.errors import Draining, NotReady


class Gate:
    """Closed to all but a few methods until the catalogue is loaded; closed to long calls once the server is about to
    go, and to all calls when it goes."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.open = False
        self._clock = clock
        self._ready = self._going = self._closed = False
        self._refused_at = 0.0

    def set_ready(self) -> None:
        """The catalogue is loaded."""
        self._ready = True
        self.open = not self._going

    def set_going(self) -> None:
        """The server is about to go: what takes long is not begun any more."""
        self._going = True
        self.open = False

    def close(self) -> None:
        """The server goes: nothing is begun any more."""
        self.set_going()
        self._closed = True
        self._refused_at = self._clock()

    def quiet_for(self) -> float:
        """Seconds since the gate was closed or last refused a call because it was."""
        return self._clock() - self._refused_at

    def check(self, *, always: bool, long: bool) -> None:
        """Raises NotReady or Draining where a method may not be called now."""
        if self._closed or (long and self._going):
            self._refused_at = self._clock()
            raise Draining
        if not (self._ready or always):
            raise NotReady
