#!/usr/bin/env python3
"""Writes the sync half of the Python client from its async half. With --check says whether it is current.

    scripts/unasync.py [--check]

Edit clients/python/modeldex_client/_async; what is in _sync is overwritten.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.pop(0)  # this folder, where this file hides the library of the same name
import unasync

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "clients/python/modeldex_client"
HEADER = "# Written by scripts/unasync.py from _async/{name}; edit that one.\n"
RUFF = Path(sys.executable).with_name("ruff")

# Names that the two halves spell differently, beside those that unasync knows.
NAMES = {
    "AsyncAcknowledge": "Acknowledge",
    "AsyncCache": "Cache",
    "AsyncCacheEvents": "CacheEvents",
    "AsyncCacheRules": "CacheRules",
    "AsyncCaller": "Caller",
    "AsyncChanges": "Changes",
    "AsyncClient": "Client",
    "AsyncDiscovery": "Discovery",
    "AsyncFeed": "Feed",
    "AsyncHistory": "History",
    "AsyncLine": "Line",
    "AsyncModels": "Models",
    "AsyncPager": "Pager",
    "AsyncProviders": "Providers",
    "AsyncReplica": "Replica",
    "AsyncRollbacks": "Rollbacks",
    "AsyncStubs": "Stubs",
    "AsyncSubscriptionWatch": "SubscriptionWatch",
    "AsyncSubscriptions": "Subscriptions",
    "AsyncWatch": "Watch",
    "CacheServiceAsyncStub": "CacheServiceStub",
    "DiscoveryServiceAsyncStub": "DiscoveryServiceStub",
    "HistoryServiceAsyncStub": "HistoryServiceStub",
    "ProviderServiceAsyncStub": "ProviderServiceStub",
    "SubscriberServiceAsyncStub": "SubscriberServiceStub",
    "_async": "_sync",
    "_tasks": "_threads",
    "aclosing": "closing",
    "async_is_connected": "is_connected",
}
# What is more than a name. Applied before the names.
TEXTS = (
    (r"\bgrpc\.aio\b", "grpc"),
    (r"\bAwaitable\[([\w.]+)\]", r"\1"),
    (r"The client for asyncio; `_sync` is written from it\.", "The client for threads."),
    (r"Opened late, for gRPC binds it to the event loop that runs then\.", "Opened late, with the first call."),
    (r"All tasks of one event loop may use it", "All threads may use it"),
    (r"It is read by one task at a time\.", "One thread reads it; any may close it."),
)
# Examples are strings, which unasync leaves alone.
_EXAMPLE = re.compile(r"^\s*(?:>>>|\.\.\.) .*$", re.MULTILINE)


def sync_example(line: str) -> str:
    """A line of an example, without asyncio."""
    # Brackets around "await x" served its precedence only: (await f()).y is f().y.
    line = re.sub(r"\(await ([\w.]+\([^()]*\))\)", r"\1", line)
    line = re.sub(r"\b(?:await|async) ", "", line)
    for name, twin in NAMES.items():
        line = re.sub(rf"\b{name}\b", twin, line)
    return line


def write(target: Path) -> None:
    """Writes the sync half into a folder."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "_async"
        source.mkdir()
        for file in sorted((PACKAGE / "_async").glob("*.py")):
            text = file.read_text()
            for pattern, replacement in TEXTS:
                text = re.sub(pattern, replacement, text)
            text = _EXAMPLE.sub(lambda line: sync_example(line[0]), text)
            (source / file.name).write_text(text)
        rule = unasync.Rule(f"{source}/", f"{target}/", additional_replacements=NAMES)
        unasync.unasync_files([str(file) for file in source.glob("*.py")], [rule])
    for file in target.glob("*.py"):
        file.write_text(HEADER.format(name=file.name) + file.read_text())
    _tidy(target)


def _tidy(folder: Path) -> None:
    """Takes out the imports that only asyncio needs, writes loops as only a generator can, and formats."""
    settings = ["--quiet", "--no-cache", "--config", str(ROOT / "pyproject.toml")]
    fix = ["--fix-only", "--unsafe-fixes", "--select", "F401,I001,UP028", str(folder)]
    subprocess.run([RUFF, "check", *settings, *fix], check=True)
    subprocess.run([RUFF, "format", *settings, str(folder)], check=True)


def stale(written: Path, fresh: Path) -> list[str]:
    """The files of two folders that differ."""
    names = {file.name for folder in (written, fresh) for file in folder.glob("*.py")}
    return sorted(name for name in names if _text(written / name) != _text(fresh / name))


def _text(file: Path) -> str | None:
    return file.read_text() if file.exists() else None


def main(arguments: list[str]) -> int:
    target = PACKAGE / "_sync"
    if arguments not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    if not arguments:
        for file in target.glob("*.py"):
            file.unlink()
        write(target)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder))
        different = stale(target, Path(folder))
    if different:
        print(f"_sync is not current ({', '.join(different)}): run scripts/unasync.py", file=sys.stderr)
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
