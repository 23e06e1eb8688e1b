"""Floors: for each thing that was invalidated, the newest invalidation of it. Copies are compared with them when they
are read, so that nothing has to be looked for, in whichever tier it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum, auto

from modeldex.v1 import invalidation_pb2 as pb

# Targets that are remembered. Past it the older half is: whatever was copied before is read anew, once.
_MOST = 100_000

_Target = tuple[str, str, str]  # namespace, kind, name
_ALL, _PROVIDER, _KEY, _TAG = "all", "provider", "key", "tag"


class Verdict(Enum):
    """What the floors say of a copy."""

    FRESH = auto()
    STALE = auto()
    """It was invalidated softly: to be answered only with the marker, and where there is nothing better in time."""
    DEAD_MANUAL = auto()
    """It was invalidated by key, provider or altogether, and is never answered again."""
    DEAD_TAG = auto()
    """The same by one of its tags."""

    @property
    def dead(self) -> bool:
        """Whether it must not be answered by anything."""
        return self is Verdict.DEAD_MANUAL or self is Verdict.DEAD_TAG


class Floors:
    """What was invalidated, by the numbers of the invalidations. A copy's `mark` is the newest of them that was applied
    here before it was read from PostgreSQL: what it is older than, it does not know of."""

    def __init__(self, *, most: int = _MOST) -> None:
        """`most`: targets to remember."""
        self.number = 0
        """The newest invalidation that is applied here."""
        self.horizon = 0
        """Copies with a lower mark are dead: what was invalidated before is forgotten."""
        self._most = most
        self._hard: dict[_Target, int] = {}
        self._soft: dict[_Target, int] = {}
        self._newest_tag: dict[str, int] = {}  # by namespace

    def apply(self, invalidation: pb.Invalidation) -> None:
        """Have an invalidation be in force. They come in the order of their numbers."""
        number = self.number = invalidation.number
        if invalidation.error_reason:
            return  # it was tried, and nothing was invalidated
        floors = self._soft if invalidation.mode == pb.INVALIDATION_MODE_SOFT else self._hard
        for target in _targets(invalidation):
            floors[target] = number
            if target[1] == _TAG:
                self._newest_tag[target[0]] = number
        if len(self._hard) + len(self._soft) > self._most:
            self._forget_half()

    def verdict(self, namespace: str, key: str, tags: Sequence[str], mark: int) -> Verdict:
        """What to do with a copy."""
        if mark >= self.number:
            return Verdict.FRESH
        named = tuple(_named(namespace, key))
        tagged = tuple(_tagged(namespace, tags))
        if mark < self.horizon or _highest(self._hard, named) > mark:
            return Verdict.DEAD_MANUAL
        if _highest(self._hard, tagged) > mark:
            return Verdict.DEAD_TAG
        soft = max(_highest(self._soft, named), _highest(self._soft, tagged))
        return Verdict.STALE if soft > mark else Verdict.FRESH

    def newest(self, namespace: str, key: str) -> int:
        """The newest invalidation that may be about a key whose tags are not known yet: what is read now must not have
        been begun before it."""
        if not self._hard and not self._soft:
            return self.horizon
        named = tuple(_named(namespace, key))
        tags = max(self._newest_tag.get(namespace, 0), self._newest_tag.get("", 0))
        return max(_highest(self._hard, named), _highest(self._soft, named), tags, self.horizon)

    def forget_before(self, number: int) -> None:
        """Remember no floors up to this number: what was copied before it is dead altogether."""
        self.horizon = max(self.horizon, number)
        self.number = max(self.number, number)
        self._hard = {target: floor for target, floor in self._hard.items() if floor > number}
        self._soft = {target: floor for target, floor in self._soft.items() if floor > number}
        self._newest_tag = {namespace: floor for namespace, floor in self._newest_tag.items() if floor > number}

    def begin_anew(self) -> None:
        """Forget everything: it is another history, and numbers are given again."""
        self.number = self.horizon = 0
        self._hard, self._soft, self._newest_tag = {}, {}, {}

    def _forget_half(self) -> None:
        numbers = sorted((*self._hard.values(), *self._soft.values()))
        self.forget_before(numbers[len(numbers) // 2])


def _targets(invalidation: pb.Invalidation) -> Iterator[_Target]:
    """What an invalidation is about. One with an expected version is about every copy of the key: a copy does not tell
    its model's version, and to read one too many anew costs no more than that."""
    namespace, target = invalidation.namespace, invalidation.target
    match target.WhichOneof("target"):
        case "key":
            yield namespace, _KEY, target.key
        case "provider_id":
            yield namespace, _PROVIDER, target.provider_id
        case "tags":
            for tag in target.tags.tags:
                yield namespace, _TAG, tag
        case "all":
            yield namespace, _ALL, ""
        case _:
            return  # what has expired is answered by nobody anyway


def _named(namespace: str, key: str) -> Iterator[_Target]:
    provider_id = key.partition("/")[0]
    for within in (namespace, ""):
        yield within, _ALL, ""
        yield within, _PROVIDER, provider_id
        yield within, _KEY, key


def _tagged(namespace: str, tags: Sequence[str]) -> Iterator[_Target]:
    for tag in tags:
        yield namespace, _TAG, tag
        yield "", _TAG, tag


def _highest(floors: dict[_Target, int], targets: Iterable[_Target]) -> int:
    return max((floors.get(target, 0) for target in targets), default=0)
