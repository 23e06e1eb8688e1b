"""SaveModel from 8 callers at once, each change new, beside plain transactions that write the same rows.

Both are driven by one asyncio loop in this process, with a connection for each caller: threads or more processes would
take more of the server's cores than the saves do.
"""

from __future__ import annotations

import asyncio
import statistics
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager

import grpc
import psycopg
import uvloop

from benchmarks import plain_write
from benchmarks.case import Bar, Case, Plan
from benchmarks.postgres import second_database
from benchmarks.rounds import Reading, Turn
from benchmarks.service import DISCOVERY, packaged
from modeldex.v1 import discovery_service_pb2 as pb
from modeldex.v1 import model_pb2

_CALLERS = 8
_OWN_CONNECTION = (("grpc.use_local_subchannel_pool", 1),)
Save = Callable[[model_pb2.Model], Awaitable[object]]


@contextmanager
def _open(plan: Plan) -> Iterator[Mapping[str, Turn]]:
    with (
        packaged() as service,
        second_database(service.data) as other,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        url = other.info.dsn
        yield {
            "plain transactions": lambda: runner.run(_plain(url, plan.seconds)),
            "SaveModel": lambda: runner.run(_saves(service.address, plan.seconds)),
        }


async def _plain(url: str, seconds: float) -> Reading:
    async with AsyncExitStack() as stack:
        saves = []
        for caller in range(_CALLERS):
            connection = await psycopg.AsyncConnection.connect(url, autocommit=True)
            await stack.enter_async_context(connection)
            await plain_write.prepare(connection, _id(caller))
            saves.append(_through(connection))
        return await _side_by_side(saves, seconds)


def _through(connection: plain_write.Connection) -> Save:
    async def save(model: model_pb2.Model) -> None:
        await plain_write.write(connection, model)

    return save


async def _saves(address: str, seconds: float) -> Reading:
    async with AsyncExitStack() as stack:
        channels = [
            await stack.enter_async_context(grpc.aio.insecure_channel(address, options=_OWN_CONNECTION))
            for _ in range(_CALLERS)
        ]
        return await _side_by_side([_over(channel) for channel in channels], seconds)


def _over(channel: grpc.aio.Channel) -> Save:
    call = channel.unary_unary(
        DISCOVERY + "SaveModel",
        request_serializer=pb.SaveModelRequest.SerializeToString,
        response_deserializer=pb.SaveModelResponse.FromString,
    )

    async def save(model: model_pb2.Model) -> None:
        answer = await call(pb.SaveModelRequest(model=model, request_id=str(uuid.uuid4())), timeout=30)
        if not answer.changed:
            raise LookupError(f"a save of {model.id} changed nothing")

    return save


async def _side_by_side(saves: list[Save], seconds: float) -> Reading:
    """Each caller saves its own model again and again; the value is saves a second of all together."""
    begin = time.perf_counter()
    taken = await asyncio.gather(*(_again(save, caller, begin + seconds) for caller, save in enumerate(saves)))
    elapsed = time.perf_counter() - begin
    milliseconds = [one for caller in taken for one in caller]
    return Reading(
        len(milliseconds) / elapsed, {"p50 ms": statistics.median(milliseconds), "max ms": max(milliseconds)}
    )


async def _again(save: Save, caller: int, end: float) -> list[float]:
    model = _model(caller)
    taken = []
    while (begin := time.perf_counter()) < end:
        model.description = f"Change {uuid.uuid4()}."
        await save(model)
        taken.append((time.perf_counter() - begin) * 1e3)
    return taken


def _id(caller: int) -> str:
    return f"bench/caller-{caller}"


def _model(caller: int) -> model_pb2.Model:
    """A private model of the size of a usual one."""
    model = model_pb2.Model(
        id=_id(caller),
        canonical_id="bench",
        display_name=f"Bench {caller}",
        family="bench",
        context_window=128_000,
        max_output_tokens=16_384,
        input_modalities=[model_pb2.MODALITY_TEXT, model_pb2.MODALITY_IMAGE],
        output_modalities=[model_pb2.MODALITY_TEXT],
        tags=["bench", "fast"],
    )
    for name in ("function_calling", "reasoning", "structured_output"):
        model.capabilities[name].flag = True
    for meter, amount in (("input", "1.25"), ("output", "10")):
        model.prices[meter].amount = amount
        model.prices[meter].unit = model_pb2.PRICE_UNIT_MILLION_TOKENS
    return model


CASE = Case(
    name="save_model",
    title=f"SaveModel from {_CALLERS} callers at once, each change new, fsync on",
    unit="saves/s",
    open=_open,
    base="plain transactions",
    bars=(Bar("SaveModel", 0.4, at_least=True, of="ratio"),),
)
