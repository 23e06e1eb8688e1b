"""How much a stream is sent at a time. What is under way to a subscriber that stopped reading stays in memory until it
reads again, so it is little, but for those that were seen to take much."""

from __future__ import annotations

from modeldex_server.feed.classes import Limits

_LEAST_BYTES = 4 * 1024
# Connections take something of what nobody reads, how much is theirs to say: that much proves less than it seems.
_SHARE = 16
_SLOW_SECONDS = 1.0


class Room:
    """The limits of the next message: a sixteenth of what the stream took since it was last slow, but 4 KiB at least;
    and never more than was asked for."""

    def __init__(self, limits: Limits) -> None:
        self._most = limits
        self._taken = 0
        self._let(_LEAST_BYTES)

    def took(self, size: int, seconds: float) -> None:
        """The stream took a message of so many bytes, and so long for it."""
        self._taken = 0 if seconds > _SLOW_SECONDS else self._taken + size
        # Powers of two, so that streams that are level share their messages.
        size = max(_LEAST_BYTES, 1 << (self._taken // _SHARE).bit_length() >> 1)
        if size != self._size:
            self._let(size)

    def _let(self, size: int) -> None:
        self._size = size
        self.limits = self._most._replace(size=min(size, self._most.size))
