"""Load by h2load, which costs a fraction of what a Python client would take from the server's cores."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.process import cpu_seconds, stop

CONNECTIONS = 8
STREAMS = 16
_WARM_UP = 0.3
_LONG = 3600.0  # seconds: longer than any turn
# Beside an answer's bytes: the length before it and the heads of its HTTP/2 frames.
_OVERHEAD = 60
_RATE = re.compile(r"finished in [^,]*, ([\d.]+) req/s")
_COUNTS = re.compile(r"requests: .*?(\d+) succeeded, (\d+) failed, (\d+) errored")
# h2load counts the data of the warm-up too, so the traffic without its headers stands in for it.
_TRAFFIC = re.compile(r"\((\d+)\) total, .*?\((\d+)\) headers")


class LoadError(Exception):
    """Calls failed, or were answered with something else than expected: the rate would mean nothing."""


@dataclass(frozen=True, slots=True)
class Load:
    """What a run gave: calls a second, and the processor time of the server for one call in microseconds."""

    rate: float
    server_us: float


def frame(message: bytes) -> bytes:
    """A message as gRPC sends it: uncompressed, its length before it."""
    return b"\0" + len(message).to_bytes(4, "big") + message


def load(address: str, method: str, request: bytes, *, answer_bytes: int, seconds: float, pid: int) -> Load:
    """Sends one request again and again for `seconds`, after a short warm-up, over 8 connections.

    A gRPC error comes with HTTP status 200 and no body, so h2load counts it as success; the mean size of the answers
    is therefore compared with what `answer_bytes` come to. Raises LoadError.
    """
    before = cpu_seconds(pid)
    output = _run(address, method, request, seconds)
    spent = cpu_seconds(pid) - before
    rate = float(_found(_RATE, output).group(1))
    succeeded, failed, errored = (int(count) for count in _found(_COUNTS, output).groups())
    total, headers = (int(count) for count in _found(_TRAFFIC, output).groups())
    mean = (total - headers) / max(1, succeeded)
    due = answer_bytes + _OVERHEAD
    if failed or errored or abs(mean - due) > 0.05 * due:
        raise LoadError(f"{method}: {failed} failed, {errored} errored, {mean:.0f} bytes an answer, {due} due")
    return Load(rate, spent / (rate * (seconds + _WARM_UP)) * 1e6)


@contextmanager
def kept_busy(address: str, method: str, request: bytes, *, at_a_time: int) -> Iterator[None]:
    """Sends one request again and again, over one connection, until it is left."""
    with tempfile.TemporaryDirectory() as folder:
        body = Path(folder, "request")
        body.write_bytes(frame(request))
        command = _command(address, method, body, connections=1, streams=at_a_time, seconds=_LONG)
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            yield
        finally:
            stop(process)


def _run(address: str, method: str, request: bytes, seconds: float) -> str:
    with tempfile.TemporaryDirectory() as folder:
        body = Path(folder, "request")
        body.write_bytes(frame(request))
        command = _command(address, method, body, connections=CONNECTIONS, streams=STREAMS, seconds=seconds)
        command += ["--warm-up-time", _span(_WARM_UP)]
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=seconds + 60, check=False, env={"PATH": os.environ["PATH"]}
        )
    return done.stdout + done.stderr


def _command(address: str, method: str, body: Path, *, connections: int, streams: int, seconds: float) -> list[str]:
    command = ["h2load", f"http://{address}{method}", "-t1", f"-c{connections}", f"-m{streams}", "-D", _span(seconds)]
    return [*command, "-d", str(body), "-H", "content-type: application/grpc", "-H", "te: trailers"]


def _span(seconds: float) -> str:
    return f"{round(seconds * 1000)}ms"


def _found(pattern: re.Pattern[str], output: str) -> re.Match[str]:
    match = pattern.search(output)
    if match is None:
        raise LoadError(f"h2load gave no figures: {output[-300:]}")
    return match
