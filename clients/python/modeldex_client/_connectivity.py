"""Whether a channel has a connection, asked where an error needs it."""

from __future__ import annotations

from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from grpc import ChannelConnectivity

if TYPE_CHECKING:
    import grpc.aio

_PATIENCE = 0.5  # seconds; the answer comes from another thread of this process


def is_connected(channel: grpc.Channel) -> bool:
    """True while calls of the channel can reach a server."""
    states: SimpleQueue[ChannelConnectivity] = SimpleQueue()
    channel.subscribe(states.put)
    try:
        return states.get(timeout=_PATIENCE) is ChannelConnectivity.READY
    except Empty:
        return False
    finally:
        channel.unsubscribe(states.put)


def async_is_connected(channel: grpc.aio.Channel) -> bool:
    """The same for a channel of asyncio."""
    return channel.get_state() is ChannelConnectivity.READY
