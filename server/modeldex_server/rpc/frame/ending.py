"""Ending a call with an error, so that nothing of it stays behind.

gRPC keeps the exception that abort() raises with the call, the exception keeps the frames it passed, and they keep the
call: a cycle that only the garbage collector ends. Until it does, the call counts as an open stream, and with a
thousand of them (`grpc.max_concurrent_streams`) the connection refuses every further call. So whoever aborts lets go of
the context first, and the exception of what went wrong before it:

    aborting = context.abort(...)
    del context
    await end(aborting)
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import NoReturn


async def end(aborting: Awaitable[NoReturn]) -> NoReturn:
    """Awaits an abort() and lets its exception pass, without the one it was raised in the place of."""
    try:
        await aborting
    except BaseException as error:
        error.__context__ = None
        raise
    raise AssertionError("abort() always raises")
