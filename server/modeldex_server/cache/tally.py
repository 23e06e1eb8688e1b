"""A tally of the copies in memory: by provider, by tag, by priority, as they come and go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from modeldex.v1 import invalidation_pb2 as pb
from modeldex_server.security.scope import Scope

PRIORITIES = 10

# What the tally itself takes of memory, as measured: of a namespace's provider, of a tag, of both together.
_PLACE_BYTES, _TAG_BYTES, _BOTH_BYTES = 250, 250, 100

_Place = tuple[str, str]  # namespace and provider


class Tally:
    """How many copies there are of what. Asked, it goes through places and tags, and never through copies."""

    def __init__(self) -> None:
        self.counts = [0] * PRIORITIES
        """Copies by priority."""
        self.bytes = [0] * PRIORITIES
        """Their bytes."""
        self._places: dict[_Place, int] = {}
        self._tags: dict[str, dict[_Place, int]] = {}
        self.bytes_used = 0
        """What the tally itself takes."""

    def add(self, namespace: str, key: str, tags: Sequence[str], priority: int, size: int) -> None:
        """A copy came."""
        self._count(namespace, key, tags, priority, 1, size)

    def remove(self, namespace: str, key: str, tags: Sequence[str], priority: int, size: int) -> None:
        """A copy went."""
        self._count(namespace, key, tags, priority, -1, -size)

    @property
    def lowest(self) -> int:
        """The lowest priority that there are copies of. There are some."""
        return next(number for number, count in enumerate(self.counts) if count)

    def about(self, target: pb.InvalidationTarget, namespace: str) -> int:
        """How many copies the tags, the provider or all of a namespace have, or of all namespaces where it is empty. A
        copy with several of the tags counts as often."""
        match target.WhichOneof("target"):
            case "tags":
                return sum(_total(self._tags.get(tag, {}), namespace) for tag in target.tags.tags)
            case "provider_id":
                return _total(self._places, namespace, target.provider_id)
            case "all":
                return _total(self._places, namespace)
            case _:
                return 0

    def by_provider(self, scope: Scope) -> dict[str, int]:
        """How many copies there are of each provider of a scope."""
        counts: Counter[str] = Counter()
        for (_, provider_id), count in self._places.items():
            if scope.covers(provider_id):
                counts[provider_id] += count
        return counts

    def by_tag(self, scope: Scope) -> dict[str, int]:
        """How many copies of the providers of a scope have each tag."""
        counts = {
            tag: sum(count for (_, provider_id), count in places.items() if scope.covers(provider_id))
            for tag, places in self._tags.items()
        }
        return {tag: count for tag, count in counts.items() if count}

    def by_priority(self) -> dict[int, tuple[int, int]]:
        """How many copies there are of each priority, and their bytes, the highest first."""
        rows = reversed(list(enumerate(zip(self.counts, self.bytes, strict=True))))
        return {priority: row for priority, row in rows if row[0]}

    def _count(self, namespace: str, key: str, tags: Sequence[str], priority: int, one: int, size: int) -> None:
        self.counts[priority] += one
        self.bytes[priority] += size
        place = (namespace, key.partition("/")[0])
        self.bytes_used += _PLACE_BYTES * _add(self._places, place, one)
        for tag in tags:
            places = self._tags.get(tag)
            if places is None:
                places = self._tags[tag] = {}
                self.bytes_used += _TAG_BYTES
            self.bytes_used += _BOTH_BYTES * _add(places, place, one)
            if not places:
                del self._tags[tag]
                self.bytes_used -= _TAG_BYTES


def _add(counts: dict[_Place, int], place: _Place, one: int) -> int:
    """Count one more, or less; by how many keys there are more."""
    count = counts.get(place, 0) + one
    if not count:
        del counts[place]
        return -1
    counts[place] = count
    return int(count == one)


def _total(counts: Mapping[_Place, int], namespace: str, provider_id: str | None = None) -> int:
    return sum(
        count
        for (within, of), count in counts.items()
        if (not namespace or within == namespace) and (provider_id is None or of == provider_id)
    )
