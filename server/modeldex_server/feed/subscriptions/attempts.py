"""Attempts: how often a revision was sent, as it follows from how far each stream came.

A stream begins after what is acknowledged and brings everything that follows, so an earlier stream that came to a
revision, or further, sent it.
"""

from __future__ import annotations

from collections.abc import Iterable

from modeldex_server.feed.ring import ENDLESS

MOST = 200  # streams that are remembered: whoever opens more and acknowledges nothing sees the number stand still


def attempt(sent_before: Iterable[int], revision: int) -> int:
    """How often a revision was sent with the time that comes now, given how far earlier streams came."""
    return 1 + sum(came >= revision for came in sent_before)


def cut(sent_before: Iterable[int], revision: int) -> int:
    """The last revision that was sent as often as the one that comes after this one."""
    return min((came for came in sent_before if came > revision), default=ENDLESS)


def after(sent_before: Iterable[int], sent: int, acknowledged: int) -> list[int]:
    """How far streams came that sent something after what is acknowledged, once one more came to `sent`."""
    return [came for came in (*sent_before, sent) if came > acknowledged][:MOST]
