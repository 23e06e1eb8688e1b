"""Validators of a story: one function a promise. Each raises AssertionError where the promise was broken."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from support.robustness.promises.copies import balanced, coalescing, converging
from support.robustness.promises.log import acknowledged, gap_free, silent, versions
from support.robustness.promises.pace import batches, bookmarked, covered
from support.robustness.promises.streams import atomic, never_silent, ordered, reliable, resumable, unique
from support.robustness.promises.subscriptions import lasting, one_stream, paused, redelivered
from support.robustness.story import Story

PROMISES: Mapping[str, Callable[[Story], None]] = {
    check.__name__: check
    for check in (
        gap_free,
        acknowledged,
        silent,
        versions,
        ordered,
        unique,
        atomic,
        reliable,
        resumable,
        never_silent,
        bookmarked,
        covered,
        batches,
        balanced,
        converging,
        coalescing,
        lasting,
        paused,
        one_stream,
        redelivered,
    )
}


def broken_by(story: Story) -> list[str]:
    """What of it a story broke: the names of the promises, each with how."""
    found = []
    for name, check in PROMISES.items():
        try:
            check(story)
        except AssertionError as error:
            found.append(f"{name}: {error}")
    return found
