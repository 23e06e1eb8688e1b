"""What is wrong with a rule, as `invalidation.proto` states it. Everything here is pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta

from google.protobuf.duration_pb2 import Duration

from modeldex.v1 import invalidation_pb2 as pb
from modeldex_server.cache.invalidation.strategies import STRATEGY_OF
from modeldex_server.cache.rules.matching import compiled_conditions
from modeldex_server.conditions.filters import MOST_CONDITIONS
from modeldex_server.conditions.models import Capabilities

Problem = tuple[str, str]

_MOST_ACTIONS = 10
_HIGHEST_PRIORITY = 1000
_MOST_TAGS, _TAG_BYTES = 64, 128
_NAME_BYTES, _MESSAGE_BYTES = 128, 1024
_SHORTEST, _LONGEST = timedelta(milliseconds=1), timedelta(days=3650)
# Memory is short in one process at a time: that invalidates nothing that rules could answer to.
STRATEGIES: Sequence[str] = sorted(set(STRATEGY_OF.values()) - {"memory_pressure"})


def problems(rule: pb.InvalidationRule, capabilities: Capabilities | None = None) -> list[Problem]:
    """All that a rule breaks: (path within the rule, what it must be).

    `capabilities`: the vocabulary, for what is wrong with the names and the types of capabilities.
    """
    return [*_of_itself(rule), *_of_conditions(rule, capabilities), *_of_actions(rule)]


def _of_itself(rule: pb.InvalidationRule) -> Iterator[Problem]:
    yield from _text("name", rule.name, _NAME_BYTES)
    if rule.strategy and rule.strategy not in STRATEGIES:
        yield "strategy", f"must be empty, or one of {', '.join(STRATEGIES)}"
    if not 0 <= rule.priority <= _HIGHEST_PRIORITY:
        yield "priority", f"must be 0 to {_HIGHEST_PRIORITY:,}"


def _of_conditions(rule: pb.InvalidationRule, capabilities: Capabilities | None) -> Iterable[Problem]:
    if len(rule.conditions) > MOST_CONDITIONS:
        return [("conditions", f"must have at most {MOST_CONDITIONS} entries, not {len(rule.conditions):,}")]
    return compiled_conditions(rule, capabilities).problems


def _of_actions(rule: pb.InvalidationRule) -> Iterator[Problem]:
    if not 1 <= len(rule.actions) <= _MOST_ACTIONS:
        yield "actions", f"must have 1 to {_MOST_ACTIONS} entries, not {len(rule.actions):,}"
        return
    for at, action in enumerate(rule.actions):
        check = _ACTIONS.get(action.WhichOneof("action") or "")
        if check is None:
            yield f"actions[{at}]", f"must be one of {', '.join(_ACTIONS)}"
        else:
            yield from ((f"actions[{at}].{path}", text) for path, text in check(action))


def _invalidate(action: pb.InvalidationAction) -> Iterator[Problem]:
    if action.invalidate.mode not in pb.InvalidationMode.values():
        yield "invalidate.mode", "must be INVALIDATION_MODE_HARD or INVALIDATION_MODE_SOFT"


def _refresh(_action: pb.InvalidationAction) -> Iterator[Problem]:
    return iter(())


def _extend_ttl(action: pb.InvalidationAction) -> Iterator[Problem]:
    if not _is_within(action.extend_ttl):
        yield "extend_ttl", "must be 1 millisecond to 3,650 days"


def _tag(action: pb.InvalidationAction) -> Iterator[Problem]:
    tags = action.tag.tags
    if not 1 <= len(tags) <= _MOST_TAGS:
        yield "tag.tags", f"must have 1 to {_MOST_TAGS} entries, not {len(tags):,}"
        return
    for at, tag in enumerate(tags):
        yield from _text(f"tag.tags[{at}]", tag, _TAG_BYTES)


def _notify(action: pb.InvalidationAction) -> Iterator[Problem]:
    yield from _text("notify", action.notify, _MESSAGE_BYTES)


_ACTIONS: dict[str, Callable[[pb.InvalidationAction], Iterator[Problem]]] = {
    "invalidate": _invalidate,
    "refresh": _refresh,
    "extend_ttl": _extend_ttl,
    "tag": _tag,
    "notify": _notify,
}


def _text(path: str, value: str, most: int) -> Iterator[Problem]:
    if not 1 <= len(value.encode()) <= most:
        yield path, f"must have 1 to {most:,} bytes"
    elif any(ord(letter) < 0x20 or 0x7F <= ord(letter) < 0xA0 for letter in value):
        yield path, "must not hold control characters"


def _is_within(span: Duration) -> bool:
    nanoseconds = span.seconds * 10**9 + span.nanos
    least, most = (limit // timedelta(microseconds=1) * 1000 for limit in (_SHORTEST, _LONGEST))
    return abs(span.nanos) < 10**9 and least <= nanoseconds <= most
