"""A small HTTP server that answers what a test tells it to."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from pathlib import Path

PAYLOADS = Path(__file__).parents[3] / "payloads"


@dataclass
class Answer:
    """One answer. `cut` sends fewer bytes than announced, `silent` none at all."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=lambda: {"content-type": "application/json"})
    cut: int = 0
    silent: bool = False

    def bytes(self) -> bytes:
        head = (
            f"HTTP/1.1 {self.status} Whatever\r\ncontent-length: {len(self.body) + self.cut}\r\nconnection: close\r\n"
        )
        return (head + "".join(f"{k}: {v}\r\n" for k, v in self.headers.items()) + "\r\n").encode() + self.body


class ProviderServer:
    """A provider's server: gives its answers by turns, the last one for ever, and keeps the requests."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.requests: list[str] = []
        self.url = ""

    def says(self, *answers: Answer) -> None:
        self.answers = list(answers)

    def lists(self, payload: str) -> None:
        self.says(Answer(body=(PAYLOADS / payload).read_bytes()))

    def lists_json(self, document: object) -> None:
        self.says(Answer(body=json.dumps(document).encode()))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            self.requests.append((await reader.readuntil(b"\r\n\r\n")).decode())
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            if answer.silent:
                await reader.read()  # until the caller gives up
            else:
                writer.write(answer.bytes())
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
