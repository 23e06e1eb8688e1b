"""A network to fake: a proxy before a server that cuts, refuses or slows connections, or lets them fall silent."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_CHUNK = 65536


class Proxy:
    """Passes bytes on between callers and one server, in a thread of its own."""

    def __init__(self, target: str) -> None:
        """`target`: HOST:PORT, or the path of a socket."""
        self._target = target
        self._loop = asyncio.new_event_loop()
        self._writers: set[asyncio.StreamWriter] = set()
        self._silent: set[asyncio.StreamWriter] = set()
        self._away = False
        self.connections = 0  # that were made, ever
        self.delay = 0.0  # seconds that what the server answers takes longer; may be changed at any time
        self.late = 0  # answers that are on their way for so long now
        self.address = ""

    @property
    def open(self) -> int:
        """Connections of callers that are open now."""
        return len(self._writers) // 2

    def cut(self) -> None:
        """Reset all connections."""
        self._do(self._cut)

    def interrupt(self) -> None:
        """Reset all connections and every new one, until `restore`."""
        self._away = True
        self.cut()

    def restore(self) -> None:
        """Let new connections through again."""
        self._away = False

    def silence(self) -> None:
        """Swallow from now on what comes over the connections there are; new ones work."""
        self._do(lambda: self._silent.update(self._writers))

    def lead_to(self, target: str) -> None:
        """Let new connections go to another server, and reset those there are."""
        self._target = target
        self.cut()

    async def serve(self, ready: threading.Event) -> None:
        """Listen until the loop is stopped."""
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        ready.set()
        await asyncio.Event().wait()

    def _do(self, what: object) -> None:
        done = threading.Event()

        def run() -> None:
            what()  # type: ignore[operator]
            done.set()

        self._loop.call_soon_threadsafe(run)
        assert done.wait(10)

    def _cut(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            to_reader, to_writer = await self._connect()
        except OSError:
            writer.transport.abort()
            return
        both = {writer, to_writer}
        if self._away:
            for one in both:
                one.transport.abort()
            return
        self._writers |= both
        try:
            await asyncio.wait(
                [
                    asyncio.ensure_future(self._pass_on(reader, to_writer)),
                    asyncio.ensure_future(self._pass_on(to_reader, writer, answers=True)),
                ],
                return_when=asyncio.FIRST_COMPLETED,
            )
        except asyncio.CancelledError:
            pass  # the proxy ends: asyncio's own callback, which nobody awaits, would complain
        finally:
            self._writers -= both
            for one in both:
                one.transport.abort()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._target.startswith("/"):
            return await asyncio.open_unix_connection(self._target)
        host, _, port = self._target.rpartition(":")
        return await asyncio.open_connection(host, int(port))

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, answers: bool = False
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(_CHUNK):
                if answers and self.delay:
                    self.late += 1
                    try:
                        await asyncio.sleep(self.delay)
                    finally:
                        self.late -= 1
                if writer not in self._silent:
                    writer.write(data)
                    await writer.drain()

    def run(self, ready: threading.Event) -> None:
        """In its thread."""
        asyncio.set_event_loop(self._loop)
        with suppress(asyncio.CancelledError):
            self._loop.run_until_complete(self.serve(ready))

    def stop(self) -> None:
        """End it and all connections."""

        def end() -> None:
            self._cut()
            for task in asyncio.all_tasks(self._loop):
                task.cancel()

        self._loop.call_soon_threadsafe(end)


@contextmanager
def proxy(target: str) -> Iterator[Proxy]:
    """A proxy before an address, until the end of the block."""
    made, ready = Proxy(target), threading.Event()
    thread = threading.Thread(target=made.run, args=(ready,), daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield made
    finally:
        made.stop()
        thread.join(10)
