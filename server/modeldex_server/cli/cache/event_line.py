"""An event of the cache as one line: when, what, of which entry, and how."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modeldex_server.cli.cache import words
from modeldex_server.cli.terminal import texts
from modeldex_server.cli.terminal.styles import Style, styled
from modeldex_server.cli.terminal.tables import cut

if TYPE_CHECKING:
    from modeldex.v1.cache_pb2 import CacheEvent

_KIND = 22  # cells of the second column: "invalidation completed"
_STYLES = {
    "hit": Style.GOOD,
    "miss": Style.CAUTION,
    "eviction": Style.CAUTION,
    "error": Style.BAD,
    "redis lost": Style.BAD,
    "invalidation failed": Style.BAD,
}


def subject(event: CacheEvent) -> str:
    """What it is of: a key, a rule, or what an invalidation is about; empty where it is of nothing."""
    if event.HasField("entry"):
        return event.entry.key
    if event.HasField("rule"):
        return event.rule.id
    return words.about(event.invalidation) if event.HasField("invalidation") else ""


def line(event: CacheEvent, width: int | None, *, colour: bool, form: str = "%Y-%m-%d %H:%M:%S") -> str:
    """The line; `width` bounds it, None is any. `form` is that of the time."""
    kind = words.kind(event.kind)
    time, of = f"{texts.moment(event.time):{form}}", texts.safe(subject(event))
    told = ", ".join(filter(None, _told(event)))
    text = "  ".join(part for part in (of, told) if part)
    if width is not None:
        text = cut(text, max(width - len(time) - _KIND - 4, 10))
    if not colour:
        return f"{time}  {kind:<{_KIND}}  {text}".rstrip()
    painted = f"{styled(kind, _STYLES.get(kind, Style.HEAD))}{' ' * (_KIND - len(kind))}"
    return f"{styled(time, Style.FAINT)}  {painted}  {text}".rstrip()


def _told(event: CacheEvent) -> Iterator[str]:
    """How, in short."""
    if event.HasField("entry"):
        yield texts.safe(event.entry.namespace)
    if event.tier:
        yield words.tier(event.tier)
    if event.eviction_reason:
        yield words.eviction(event.eviction_reason)
    if event.HasField("entry") and event.entry.stale:
        yield "stale"
    if event.HasField("invalidation"):
        made = event.invalidation
        yield words.mode(made.mode)
        yield words.reason(made.reason)
        yield texts.plural(made.entry_count, "entry", "entries")
        yield f"number {made.number}"
    if event.HasField("rule"):
        yield texts.safe(event.rule.name)
    if event.message:
        yield texts.safe(event.message)
