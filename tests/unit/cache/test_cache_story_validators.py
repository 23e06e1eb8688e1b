"""Each validator of the random run over the cache finds the fault that it is for, and nothing in a sound story."""

from __future__ import annotations

import pytest

from support.cache_story.promises import REPAIR, WITHIN, broken_by
from support.cache_story.story import Kind, Operation, Seen, Span, Story

KEY = "acme/one"


def _set(begun: float, token: str, version: int, *, replica: int = 0, key: str = KEY, **more: object) -> Operation:
    return Operation(
        Kind.SET,
        replica,
        frozenset([key]),
        begun,
        begun + 0.1,
        token=token,
        version=version,
        **more,  # type: ignore[arg-type] # fields of it
    )


def _do(kind: Kind, begun: float, *, replica: int = 0, reason: str = "") -> Operation:
    return Operation(kind, replica, frozenset([KEY]), begun, begun + 0.1, reason)


def _read(begun: float, seen: Seen | None, *, replica: int = 0, reason: str = "") -> Operation:
    found = {} if seen is None else {KEY: seen}
    return Operation(Kind.READ, replica, frozenset([KEY]), begun, begun + 0.1, reason, found=found)


def _story(*operations: Operation, faults: tuple[Span, ...] = ()) -> Story:
    story = Story(faults=list(faults))
    for one in sorted(operations, key=lambda each: each.ended):
        story.add(one)
    return story


FIRST, SECOND = Seen("a", 1, stale=False), Seen("b", 2, stale=False)


def test_a_sound_story_breaks_nothing() -> None:
    """A set, another, a soft and a hard invalidation, each seen as it must be; on the other replica a little later."""
    story = _story(
        _set(0, "a", 1),
        _read(1, FIRST),
        _read(1, None, replica=1),
        _set(2, "b", 2),
        _read(2.05, FIRST),
        _read(3, SECOND),
        _read(3, FIRST, replica=1),
        _read(3 + WITHIN, SECOND, replica=1),
        _do(Kind.SOFT, 10),
        _read(11, Seen("b", 2, stale=True)),
        _do(Kind.HARD, 12),
        _read(13, None),
        _set(14, "c", 3, mortal=True),
        _read(20, None),
        _read(30, None, reason="STORE_UNAVAILABLE"),
        faults=(Span("store", frozenset([0]), 29, 31),),
    )
    assert broken_by(story) == []


@pytest.mark.parametrize(
    ("promise", "operations"),
    [
        ("own answers", [_set(0, "a", 1, key="acme/two"), _read(1, FIRST)]),
        ("own answers", [_read(1, FIRST)]),
        ("own answers", [_set(0, "a", 1), _read(1, Seen("a", 7, stale=False))]),
        ("read your set", [_set(0, "a", 1), _set(1, "b", 2), _read(2, FIRST)]),
        ("read your set", [_set(0, "a", 1), _read(1, None)]),
        ("read your set", [_set(0, "a", 1), _do(Kind.DELETE, 1), _read(2, FIRST)]),
        ("read your set", [_set(0, "a", 1), _do(Kind.HARD, 1), _read(2, FIRST)]),
        ("read your set", [_set(0, "a", 1), _do(Kind.HARD, 1), _read(2 + WITHIN, FIRST, replica=1)]),
        ("never back", [_set(0, "a", 1), _set(0.05, "b", 2), _read(1, SECOND), _read(2, FIRST)]),
        ("soft and hard", [_set(0, "a", 1), _do(Kind.SOFT, 1), _read(2, FIRST)]),
        ("Redis is a helper", [_read(1, None, reason="STORE_UNAVAILABLE")]),
        ("Redis is a helper", [_do(Kind.HARD, 1, reason="INTERNAL")]),
    ],
)
def test_each_fault_is_found(promise: str, operations: list[Operation]) -> None:
    """A validator names the promise that was broken."""
    assert any(line.startswith(f"{promise}: ") for line in broken_by(_story(*operations)))


def test_a_store_that_came_back_long_ago_is_no_excuse() -> None:
    """Calls fail while a store is away and a little after, not for ever."""
    away = Span("store", frozenset([0]), 0, 1)
    soon, late = (_read(1 + REPAIR + by, None, reason="STORE_UNAVAILABLE") for by in (-1, 1))
    assert broken_by(_story(soon, faults=(away,))) == []
    assert len(broken_by(_story(late, faults=(away,)))) == 1
    other = _read(0.5, None, reason="STORE_UNAVAILABLE", replica=1)
    assert len(broken_by(_story(other, faults=(away,)))) == 1
