"""What must hold of a story: a validator a promise. Each gives a line for each time that it was broken."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator

from support.cache_story.story import Kind, Operation, Seen, Story

# A set on one replica is seen on the other within a second. The limit is wide: a broken design takes ten minutes.
WITHIN = 4.0
# A store that came back is found again within so long.
REPAIR = 6.0
_REMOVALS = (Kind.DELETE, Kind.HARD)
_REPLICAS = range(2)


def broken_by(story: Story) -> list[str]:
    """What the story breaks of all that is promised; nothing where all is well."""
    return [
        f"{validator.__doc__.partition(':')[0]}: {line}"  # type: ignore[union-attr] # each has one
        for validator in (own_answers, read_your_set, never_back, soft_and_hard, redis_is_a_helper)
        for line in validator(story)
    ]


def own_answers(story: Story) -> Iterator[str]:
    """own answers: what is read under a key was set under that key, and has the version that it was set with."""
    sets = _sets(story)
    for read, key, seen in _seen(story):
        made = sets.get(seen.token)
        if made is None or key not in made.keys:
            yield f"{key} was answered with {seen.token!r}, which was never set under it ({_at(read)})"
        elif made.version and made.version != seen.version:
            yield f"{key} {seen.token!r} was set as version {made.version} and read as {seen.version} ({_at(read)})"


def read_your_set(story: Story) -> Iterator[str]:
    """read your set: what was acknowledged is what is read after it, or something newer."""
    sets, known, known_sets = _sets(story), _Known(story, Kind.SET, *_REMOVALS), _Known(story, Kind.SET)
    for read, key, seen in _looked(story):
        if seen is None:
            yield from _missing(story, read, key, known_sets.last(read, key))
            continue
        made, last = sets.get(seen.token), known.last(read, key)
        # A set that failed may be made at any time after it began.
        if made is not None and last is not None and made.succeeded and made.ended <= last.begun:
            told = f"{key} {seen.token!r} was read after a {last.kind.value} was acknowledged"
            yield f"{told} ({_at(read)}, {_at(last)})"


def _missing(story: Story, read: Operation, key: str, last: Operation | None) -> Iterator[str]:
    """A key must be there where a set was acknowledged, and nothing since can have taken it away."""
    if last is None or last.mortal:
        return
    for one in story.of_key(key, Kind.SET, *_REMOVALS):
        took_away = one.kind in _REMOVALS or one.mortal
        if took_away and one.begun < read.ended and (one.ended > last.begun or not one.succeeded):
            return
    yield f"{key} was missing, though {last.token!r} was set ({_at(read)}, {_at(last)})"


def never_back(story: Story) -> Iterator[str]:
    """never back: versions on a replica only grow."""
    seen_by: dict[tuple[int, str], list[tuple[Operation, Seen]]] = defaultdict(list)
    for read, key, seen in _seen(story):
        seen_by[read.replica, key].append((read, seen))
    for (replica, key), reads in seen_by.items():
        reads.sort(key=lambda pair: pair[0].ended)
        ends, best = [read.ended for read, _ in reads], [0]
        for _, seen in reads:
            best.append(max(best[-1], seen.version))
        for read, seen in reads:
            earlier = best[bisect_right(ends, read.begun)]
            if earlier > seen.version:
                yield f"{key} went from version {earlier} to {seen.version} on replica {replica} ({_at(read)})"


def soft_and_hard(story: Story) -> Iterator[str]:
    """soft and hard: what was invalidated softly is marked as stale until it is set again."""
    sets, known = _sets(story), _Known(story, Kind.SOFT)
    for read, key, seen in _seen(story):
        made, last = sets.get(seen.token), known.last(read, key)
        if made is None or last is None or not made.succeeded or seen.stale:
            continue
        if made.ended <= last.begun:
            yield f"{key} {seen.token!r} was not marked as stale ({_at(read)}, {_at(last)})"


def redis_is_a_helper(story: Story) -> Iterator[str]:
    """Redis is a helper: no call fails but for PostgreSQL's sake."""
    for one in story.operations:
        if one.reason and not story.broken("store", one.replica, one.begun - REPAIR, one.ended):
            yield f"a {one.kind.value} failed with {one.reason} ({_at(one)})"


class _Known:
    """What of some kinds a read must know: of what succeeded and was over in time, the one that began last. What was
    done on a replica is to be seen there at once, on the other after a while."""

    def __init__(self, story: Story, *kinds: Kind) -> None:
        self._lasts: dict[tuple[int, str], tuple[list[float], list[Operation]]] = {}
        by_key: dict[str, list[Operation]] = defaultdict(list)
        for one in story.of(*kinds):
            if one.succeeded:
                for key in one.keys:
                    by_key[key].append(one)
        for key, operations in by_key.items():
            for replica in _REPLICAS:
                self._lasts[replica, key] = _lasts(replica, operations)

    def last(self, read: Operation, key: str) -> Operation | None:
        """The last of them that a read must know."""
        times, lasts = self._lasts.get((read.replica, key), ([], []))
        at = bisect_right(times, read.begun)
        return lasts[at - 1] if at else None


def _lasts(replica: int, operations: Iterable[Operation]) -> tuple[list[float], list[Operation]]:
    """From when on each is to be seen on a replica, and the one that began last of those by then."""
    visible = sorted(((_visible(one, replica), one) for one in operations), key=lambda pair: pair[0])
    lasts: list[Operation] = []
    for _, one in visible:
        lasts.append(max(lasts[-1], one, key=lambda each: each.begun) if lasts else one)
    return [time for time, _ in visible], lasts


def _visible(one: Operation, replica: int) -> float:
    return one.ended + (0 if one.replica == replica else WITHIN)


def _sets(story: Story) -> dict[str, Operation]:
    """Sets by what their values hold."""
    return {one.token: one for one in story.of(Kind.SET)}


def _looked(story: Story) -> Iterator[tuple[Operation, str, Seen | None]]:
    for read in story.of(Kind.READ):
        if read.succeeded:
            for key in read.keys:
                yield read, key, read.found.get(key)


def _seen(story: Story) -> Iterator[tuple[Operation, str, Seen]]:
    for read, key, seen in _looked(story):
        if seen is not None:
            yield read, key, seen


def _at(one: Operation) -> str:
    return f"replica {one.replica}, {one.begun:.3f}-{one.ended:.3f} s"
