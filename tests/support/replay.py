"""A replay of releases of a real catalogue: a server whose catalogue is a file that is replaced, and who may call it.

`cd tests && ../.venv/bin/python -m support.replay` shows what the command `modeldex` says of one.
"""

from __future__ import annotations

import asyncio
import shlex
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from google.protobuf.message import Message

from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import history_pb2
from modeldex.v1 import history_service_pb2 as history
from support import commands
from support.principals import Caller, TokensFile, own_channel
from support.releases import TEN_RELEASES
from support.servers import ServerProcess

# A model whose price became 0 with the fifth of ten releases, while its limits rose: what nobody would believe.
MODEL, SOUND, STRANGE = "openrouter/z-ai/glm-5.1", 3, 4
REASON = "The price cannot be 0."


@dataclass(frozen=True)
class Refreshed:
    """A release that was served: the last revision of its refresh, and a moment before the next."""

    revision: int
    time: datetime


@dataclass
class Replay:
    """A server, and callers of it by their names: admin, alice who writes and approves, bob who approves."""

    file: Path
    address: str
    tokens: dict[str, str]
    callers: dict[str, Caller]
    refreshed: list[Refreshed] = field(default_factory=list)

    async def ask(self, who: str, request: Message) -> Any:
        """The answer to somebody."""
        return await self.callers[who].ask(request, timeout=60)

    async def release(self, body: bytes) -> Refreshed:
        """Replace the file and refresh all providers."""
        self.file.write_bytes(body)
        revision = self.refreshed[-1].revision if self.refreshed else 0
        async for answer in self.callers["admin"].open(discovery.RefreshProvidersRequest(), timeout=120):
            assert not answer.result.errors
            revision = max(revision, answer.result.committed_revision, answer.revision)
        self.refreshed.append(Refreshed(revision, datetime.now(UTC)))
        return self.refreshed[-1]

    async def put_back(self, model_id: str, version: int) -> history_pb2.Rollback:
        """A rollback that alice asked for and bob approved."""
        request = history.RequestRollbackRequest(model_id=model_id, target_version=version, reason=REASON)
        asked = (await self.ask("alice", request)).rollback
        assert asked.state == history_pb2.ROLLBACK_STATE_PENDING
        approval = history.ApproveRollbackRequest(rollback_id=asked.id, diff_hash=asked.diff.hash)
        return (await self.ask("bob", approval)).rollback  # type: ignore[no-any-return] # of the answer's type


@asynccontextmanager
async def replaying(folder: Path, first: bytes) -> AsyncIterator[Replay]:
    """Serve a first release."""
    file, principals = folder / "models.json", TokensFile(folder / "tokens.toml")
    file.write_bytes(first)
    tokens = {
        "admin": principals.add("admin", "admin"),
        "alice": principals.add("alice", "writer", "approver"),
        "bob": principals.add("bob", "approver"),
    }
    settings = {
        "MODELDEX_SOURCES__MODELS_DEV__ENABLED": "true",
        "MODELDEX_SOURCES__MODELS_DEV__FILE": str(file),
        "MODELDEX_DISCOVERY__REMOVAL_THRESHOLD": "1",
        "MODELDEX_TOKENS_FILE": str(principals.path),
    }
    with ServerProcess(folder / "server", settings=settings) as server:
        address = (await asyncio.to_thread(server.start)).address
        async with AsyncExitStack() as stack:
            callers = {name: await stack.enter_async_context(own_channel(address, tokens[name])) for name in tokens}
            made = Replay(file, address, tokens, callers)
            await made.release(first)
            yield made
        assert server.left_behind == []


def show(replay: Replay, who: str, *arguments: str, lines: int = 30) -> None:
    """Print a command of somebody, and what it says: the first lines of it."""
    done = commands.run(replay.address, *arguments, MODELDEX_TOKEN=replay.tokens[who], COLUMNS="118")
    said = (done.out + done.err).rstrip().splitlines()
    print(f"\n{who}$ modeldex {shlex.join(arguments)}", *said[:lines], sep="\n")
    if len(said) > lines:
        print(f"... {len(said) - lines} more lines")


async def transcript(folder: Path, bodies: Sequence[bytes]) -> None:
    """What became of a model in ten releases, and how it was put back, as the command tells it."""
    async with replaying(folder, bodies[0]) as replay:
        for body in bodies[1 : STRANGE + 1]:
            await replay.release(body)
        print("# Five releases were refreshed, one after the other.")
        before, after = (str(replay.refreshed[at].revision) for at in (SOUND, STRANGE))
        show(replay, "alice", "history", MODEL)
        show(replay, "alice", "diff", MODEL, "1", "2")
        for at in (before, after):
            show(replay, "alice", "models", "get", MODEL, "--as-of", at)
        show(replay, "alice", "changes", "--class", "breaking", "--all")
        show(replay, "alice", "rollback", "request", MODEL, "1", "--reason", REASON)
        listed = await replay.ask("bob", history.ListRollbacksRequest(model_id=MODEL))
        rollback_id = listed.rollbacks[0].id
        show(replay, "bob", "rollback", "list")
        show(replay, "alice", "rollback", "approve", rollback_id, "--yes")
        show(replay, "bob", "rollback", "approve", rollback_id, "--yes")
        for body in bodies[STRANGE + 1 : STRANGE + 4]:
            await replay.release(body)
        print("\n# Three more releases were refreshed.")
        show(replay, "alice", "models", "get", MODEL)
        show(replay, "alice", "pins")
        show(replay, "alice", "unpin", MODEL, "--reason", "Their list is right after all.")
        for body in bodies[STRANGE + 4 :]:
            await replay.release(body)
        print("\n# The last two releases were refreshed.")
        show(replay, "alice", "history", MODEL)
        show(replay, "admin", "audit", "--about", MODEL)


def main() -> None:
    """Print a transcript. The first argument is a folder in which the releases' wheels are kept."""
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(folder)
        bodies = [release.snapshot(kept) for release in TEN_RELEASES]
        asyncio.run(transcript(Path(folder), bodies))


if __name__ == "__main__":
    main()
