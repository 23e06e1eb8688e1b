"""Floors: what they say of copies from before and after an invalidation."""

from __future__ import annotations

import random

import pytest

from modeldex.v1 import invalidation_pb2 as pb
from modeldex_server.cache.floors import Floors, Verdict

_KEY = pb.InvalidationTarget(key="acme/one")
_PROVIDER = pb.InvalidationTarget(provider_id="acme")
_TAGS = pb.InvalidationTarget(tags=pb.InvalidationTags(tags=["red", "blue"]))
_ALL = pb.InvalidationTarget(all=True)
_EXPIRED = pb.InvalidationTarget(expired=True)
_SOFT, _HARD = pb.INVALIDATION_MODE_SOFT, pb.INVALIDATION_MODE_HARD


def floors_after(*invalidations: pb.Invalidation) -> Floors:
    floors = Floors()
    for number, invalidation in enumerate(invalidations, 1):
        invalidation.number = number
        floors.apply(invalidation)
    return floors


def of_one(floors: Floors, mark: int, *, namespace: str = "team", tags: tuple[str, ...] = ("red",)) -> Verdict:
    return floors.verdict(namespace, "acme/one", tags, mark)


@pytest.mark.parametrize(
    ("target", "dead"),
    [
        (_KEY, Verdict.DEAD_MANUAL),
        (_PROVIDER, Verdict.DEAD_MANUAL),
        (_ALL, Verdict.DEAD_MANUAL),
        (_TAGS, Verdict.DEAD_TAG),
    ],
    ids=["key", "provider", "all", "tags"],
)
def test_what_was_copied_before_is_dead_and_what_was_copied_after_is_not(
    target: pb.InvalidationTarget, dead: Verdict
) -> None:
    """soft and hard: a hard invalidation kills every copy from before it, of its namespace or of all."""
    for namespace in ("", "team"):
        floors = floors_after(pb.Invalidation(target=target, namespace=namespace, mode=_HARD))
        assert (of_one(floors, 0), of_one(floors, 1)) == (dead, Verdict.FRESH)
        assert dead.dead
        assert of_one(floors, 0, namespace="other") == (Verdict.FRESH if namespace else dead)


@pytest.mark.parametrize("target", [_KEY, _PROVIDER, _ALL, _TAGS], ids=["key", "provider", "all", "tags"])
def test_what_was_invalidated_softly_is_stale(target: pb.InvalidationTarget) -> None:
    """soft and hard: a soft invalidation kills nothing; a hard one after it, or before it, does."""
    soft, hard = pb.Invalidation(target=target, mode=_SOFT), pb.Invalidation(target=target, mode=_HARD)
    assert of_one(floors_after(soft), 0) is Verdict.STALE
    assert not Verdict.STALE.dead
    assert of_one(floors_after(soft, hard), 0).dead
    assert of_one(floors_after(hard, soft), 0).dead
    assert of_one(floors_after(hard, soft), 1) is Verdict.STALE


def test_others_are_left_alone() -> None:
    """Another key, even one that begins alike, another provider and other tags are not what was named."""
    floors = floors_after(
        pb.Invalidation(target=pb.InvalidationTarget(key="acme/on")),
        pb.Invalidation(target=pb.InvalidationTarget(provider_id="acm")),
        pb.Invalidation(target=pb.InvalidationTarget(tags=pb.InvalidationTags(tags=["acme/one", "re"]))),
        pb.Invalidation(target=_EXPIRED),
    )
    assert of_one(floors, 0) is Verdict.FRESH
    assert floors.number == 4


def test_what_failed_invalidates_nothing() -> None:
    """whole invalidations: one that failed has a number, and no effect."""
    floors = floors_after(pb.Invalidation(target=_ALL, error_reason="STRATEGY_DISABLED"))
    assert (of_one(floors, 0), floors.number) == (Verdict.FRESH, 1)


def test_an_expected_version_kills_too_much_rather_than_too_little() -> None:
    """A copy does not tell its model's version: all copies of the key are read anew, and no other."""
    floors = floors_after(pb.Invalidation(target=_KEY, expected_version=7))
    assert of_one(floors, 0).dead
    assert floors.verdict("team", "acme/two", (), 0) is Verdict.FRESH


def test_what_is_forgotten_is_dead() -> None:
    """lifetimes: where floors are forgotten every copy from before goes, and none from after."""
    floors = floors_after(*(pb.Invalidation(target=pb.InvalidationTarget(key=f"acme/{n}")) for n in range(10)))
    floors.forget_before(5)
    assert floors.verdict("team", "acme/untouched", (), 4) is Verdict.DEAD_MANUAL
    assert floors.verdict("team", "acme/untouched", (), 5) is Verdict.FRESH
    assert floors.verdict("team", "acme/3", (), 5) is Verdict.FRESH
    assert floors.verdict("team", "acme/8", (), 5) is Verdict.DEAD_MANUAL
    empty = Floors()
    empty.forget_before(9)
    assert (empty.number, empty.verdict("team", "acme/one", (), empty.number)) == (9, Verdict.FRESH)


def test_memory_of_floors_is_bounded() -> None:
    """no leaks: of more targets than it remembers the older half counts for everything from before."""
    floors = Floors(most=100)
    for number in range(1, 1001):
        floors.apply(pb.Invalidation(number=number, target=pb.InvalidationTarget(key=f"acme/{number}")))
    assert 900 < floors.horizon < 1000
    assert floors.verdict("team", "acme/untouched", (), 800) is Verdict.DEAD_MANUAL
    assert floors.verdict("team", "acme/untouched", (), 1000) is Verdict.FRESH
    assert floors.verdict("team", "acme/1000", (), 999) is Verdict.DEAD_MANUAL


def test_another_history_begins_with_no_floors() -> None:
    """another history: its numbers come again, and what they said before says nothing."""
    floors = floors_after(pb.Invalidation(target=_ALL), pb.Invalidation(target=_TAGS))
    floors.begin_anew()
    assert (floors.number, floors.newest("team", "acme/one"), of_one(floors, 0)) == (0, 0, Verdict.FRESH)


def test_the_newest_that_may_be_about_a_key_is_never_too_old() -> None:
    """late fills: what says which loads can be joined counts every invalidation that could kill their result, whatever
    tags that has; and not those of other keys and namespaces."""
    chance = random.Random(11)
    targets = [_KEY, _PROVIDER, _TAGS, _ALL, pb.InvalidationTarget(key="other/two")]
    for _ in range(300):
        floors = floors_after(
            *(
                pb.Invalidation(
                    target=chance.choice(targets),
                    namespace=chance.choice(["", "team", "other"]),
                    mode=chance.choice([_SOFT, _HARD]),
                )
                for _ in range(chance.randint(0, 6))
            )
        )
        newest = floors.newest("team", "acme/one")
        for mark in range(newest, floors.number + 1):
            assert of_one(floors, mark, tags=("red", "blue", "green")) is Verdict.FRESH
    assert floors_after(pb.Invalidation(target=pb.InvalidationTarget(key="other/two"))).newest("team", "acme/one") == 0
    assert floors_after(pb.Invalidation(target=_ALL, namespace="other")).newest("team", "acme/one") == 0
