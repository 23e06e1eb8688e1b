"""Ports for servers that must be told one."""

from __future__ import annotations

import random
import socket

# Below those that a system gives to connections by itself: none of theirs takes a port before a server has it, or while
# a server that was killed is away.
_PORTS = range(10_000, 32_000)
_chance = random.SystemRandom()  # of which no test makes a seed


def free_port() -> int:
    """A port that was free a moment ago."""
    while True:
        port = _chance.choice(_PORTS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
