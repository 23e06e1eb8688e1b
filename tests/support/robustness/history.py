"""A history: what a run did and saw, as lines of JSON, so that validators can look at it again whenever they like.

Times are those of one monotonic clock, in seconds since the run began. Messages stand in it as the bytes that came.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Begun:
    """The run began. `wall`: the time of day, in seconds of Unix time, as the servers see it."""

    seed: int
    seconds: float
    wall: float


@dataclass(frozen=True)
class Called:
    """A call that was answered, or failed with a `code`; where the server said why, with its `reason`."""

    at: float
    ended: float
    who: str
    replica: int
    method: str
    request: bytes
    answer: bytes = b""
    code: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Opened:
    """A stream was asked for. Streams that continue each other are of one chain. `expected`: the reason that it must
    end with; empty for none."""

    at: float
    who: str
    chain: int
    stream: int
    replica: int
    method: str
    request: bytes
    expected: str = ""


@dataclass(frozen=True)
class Came:
    """A message came on a stream."""

    at: float
    stream: int
    data: bytes


@dataclass(frozen=True)
class Ended:
    """A stream is over: the server ended it, or, where the code is LEFT, its client left."""

    at: float
    stream: int
    code: str
    reason: str = ""
    metadata: dict[str, str] | None = None


@dataclass(frozen=True)
class Broke:
    """A fault, from when it began until all was repaired. `replicas`: those it concerned."""

    at: float
    ended: float
    what: str
    replicas: list[int]


@dataclass(frozen=True)
class Compacted:
    """The log forgot what is up to a revision."""

    at: float
    revision: int


@dataclass(frozen=True)
class Told:
    """What the log held, read by a stream without filters: an UpdateEvent. Told whole, in order, each once."""

    data: bytes


@dataclass(frozen=True)
class Stored:
    """What the tables held: the places (revision, ordinal) that the log did not tell of before."""

    places: list[tuple[int, int]]


@dataclass(frozen=True)
class Finished:
    """Writers ended, and nothing changes any more: the last revision."""

    at: float
    head: int


@dataclass(frozen=True)
class Listed:
    """What ListModels gave at the end, to whoever asked with the filter of a chain."""

    chain: int
    answer: bytes


@dataclass(frozen=True)
class Kept:
    """What GetSubscription gave at the end."""

    who: str
    answer: bytes
    dead_letters: bytes


Entry = Begun | Called | Opened | Came | Ended | Broke | Compacted | Told | Stored | Finished | Listed | Kept
_KINDS: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (Begun, Called, Opened, Came, Ended, Broke, Compacted, Told, Stored, Finished, Listed, Kept)
}
_BYTES = {kind: {field.name for field in fields(kind) if field.type == "bytes"} for kind in _KINDS.values()}


class History:
    """A history that is being written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("w")
        self._begun = time.monotonic()

    @property
    def now(self) -> float:
        """Seconds since the run began."""
        return time.monotonic() - self._begun

    def add(self, entry: Entry) -> None:
        """Write down what happened."""
        self._file.write(line_of(entry))

    def close(self) -> None:
        """Nothing more comes."""
        self._file.close()


def line_of(entry: Entry) -> str:
    """An entry as it stands in a file."""
    told = {
        name: base64.b64encode(value).decode() if isinstance(value, bytes) else value
        for name, value in vars(entry).items()
    }
    return json.dumps({"kind": type(entry).__name__} | told) + "\n"


def read(path: Path) -> Iterator[Entry]:
    """The entries of a file, in order."""
    with path.open() as lines:
        for line in lines:
            told = json.loads(line)
            kind = _KINDS[told.pop("kind")]
            for name in _BYTES[kind]:
                told[name] = base64.b64decode(told[name])
            yield kind(**told)
