"""Following what happens in a cache: a line an event, or at a terminal a picture that lives."""

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any

from modeldex_server.cli.cache import event_line
from modeldex_server.cli.cache.picture import Picture
from modeldex_server.cli.problems import ExitCode, UsageFailure
from modeldex_server.cli.session import Session
from modeldex_server.cli.terminal import texts
from modeldex_server.cli.terminal.output import Format, write
from modeldex_server.cli.watch import Talk, require_reader

if TYPE_CHECKING:
    from modeldex.v1.cache_pb2 import CacheEvent, CacheEventKind
    from modeldex.v1.cache_service_pb2 import GetCacheStatsResponse
    from modeldex_client import CacheEvents, Client, Interruption

_FRAME = 0.5  # seconds between two pictures
_STATS_SECONDS = 2.0  # a picture does not wait longer for its figures


@dataclass(frozen=True)
class Wanted:
    """Which events."""

    kinds: "Sequence[CacheEventKind.ValueType]"
    namespaces: Sequence[str]
    provider_ids: Sequence[str]
    sample_rate: float | None

    def of(self, client: "Client", **listener: Any) -> "CacheEvents":
        """The watch of them."""
        return client.cache.events(
            kinds=self.kinds,
            namespaces=self.namespaces,
            provider_ids=self.provider_ids,
            sample_rate=self.sample_rate,
            **listener,
        )


def kinds(words: Sequence[str]) -> "list[CacheEventKind.ValueType]":
    """Kinds as they are typed: "hit", "redis-lost"."""
    from modeldex.v1.cache_pb2 import CacheEventKind  # noqa: PLC0415

    known = {
        name.removeprefix("CACHE_EVENT_KIND_").lower().replace("_", "-"): number
        for name, number in CacheEventKind.items()[1:]
    }
    for word in words:
        if word not in known:
            raise UsageFailure(f"There is no kind {texts.quoted(word)}. There are {', '.join(known)}.")
    return [known[word] for word in words]


def run(session: Session, wanted: Wanted, *, lines: bool) -> None:
    """Follow until Ctrl-C."""
    output = session.output
    if output.format is Format.CSV:
        raise UsageFailure("There is no CSV of this; --json is for programs.")
    drawn = output.on_terminal and output.for_reading and not lines and os.environ.get("TERM", "dumb") != "dumb"
    try:
        with session.client() as client:
            (_draw if drawn else _tell)(session, client, wanted)
    except KeyboardInterrupt:  # how a watch ends: there is nothing to say about it
        raise SystemExit(ExitCode.INTERRUPTED) from None


def _tell(session: Session, client: "Client", wanted: Wanted) -> None:
    """A line an event."""
    talk = Talk(session)
    for message in wanted.of(client, on_interruption=talk.interrupted).messages():
        talk.arrived(f"the cache of {client.target}")
        if message.lost_count:
            session.output.say(f"{texts.plural(message.lost_count, 'event')} came faster than they were read: lost.")
        for event in message.events:
            _show(session, event)
        session.output.flush()
        require_reader()


def _show(session: Session, event: "CacheEvent") -> None:
    output = session.output
    if output.format is Format.JSON:
        output.raw([event])
    elif output.quiet:
        if of := event_line.subject(event):
            write(texts.safe(of) if output.on_terminal else of)
    else:
        write(event_line.line(event, output.width, colour=output.colour))


class _Reader:
    """Reads events into a picture, which is drawn beside it whether any come or not."""

    def __init__(self, client: "Client", wanted: Wanted) -> None:
        self.ended = threading.Event()
        self.error: BaseException | None = None
        self._picture = Picture(client.target)
        self._lock = threading.Lock()  # one at a time at the picture
        self._began = False
        self._events = wanted.of(client, on_interruption=self._interrupted)
        threading.Thread(target=self._run, name="modeldex-cache-events", daemon=True).start()

    @contextmanager
    def picture(self) -> Iterator[Picture]:
        """The picture, which stands still in the block."""
        with self._lock:
            yield self._picture

    def _run(self) -> None:
        try:
            for message in self._events.messages():
                self._began = True
                with self.picture() as picture:
                    picture.arrived(message)
        except Exception as error:  # raised where the picture is drawn
            self.error = error
        finally:
            self.ended.set()

    def _interrupted(self, interruption: "Interruption") -> None:
        """The connection is lost. Where there never was one, that is the end: the target may be wrong."""
        if not self._began and interruption.error is not None:
            raise interruption.error
        with self.picture() as picture:
            picture.trouble = f"{interruption.reason} Connecting again."


def _draw(session: Session, client: "Client", wanted: Wanted) -> None:
    """A picture, until the events end."""
    from rich.console import Console  # noqa: PLC0415
    from rich.live import Live  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    colour = session.output.colour
    console = Console(no_color=not colour, highlight=False)
    reader = _Reader(client, wanted)
    with Live(console=console, auto_refresh=False) as live:
        while not reader.ended.is_set():
            answer = _stats(client)
            with reader.picture() as picture:
                if answer is not None:
                    picture.counted(answer, monotonic())
                lines = picture.lines(console.width, console.height - 1, colour=colour)
            live.update(Text.from_ansi("\n".join(lines)), refresh=True)
            reader.ended.wait(_FRAME)
    if reader.error is not None:
        raise reader.error


def _stats(client: "Client") -> "GetCacheStatsResponse | None":
    """The figures. Where the server is away the picture stands still, and the events say so."""
    from modeldex_client import DeadlineExceeded, Unavailable  # noqa: PLC0415

    try:
        return client.cache.stats(timeout=_STATS_SECONDS)
    except (Unavailable, DeadlineExceeded):
        return None
