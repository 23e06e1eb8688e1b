"""GetModel of a warm model while 200 other models a second change, beside a bare handler that answers the same bytes.

This process makes the changes, as a replica that refreshes a source does: the one that is measured pays for hearing of
them and not for writing them. They go on beside the bare handler, too.
"""

from __future__ import annotations

import asyncio
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import uvloop

from benchmarks.bare_grpc import BareServer
from benchmarks.case import Bar, Case, Plan
from benchmarks.cases.get_model import REQUEST, calls
from benchmarks.postgres import DATABASE, url_of
from benchmarks.rounds import Reading, Turn
from benchmarks.service import packaged
from modeldex.v1 import model_pb2
from modeldex_server.ledger.changes import Decision, Head, ModelChange, Operation, Write
from modeldex_server.ledger.documents import canonical
from modeldex_server.ledger.ledger import Ledger
from modeldex_server.store.database import Database

_REVISIONS, _MODELS = 10, 20  # a second, and in each
_IDS = [f"bench/changing-{number}" for number in range(_MODELS)]


class _Changes:
    """Changes models at a steady rate, from the time it is entered until it is left."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._over = threading.Event()
        self.rate = 0.0
        """Models a second that were changed."""

    def __enter__(self) -> _Changes:
        self._over.clear()
        self._thread = threading.Thread(target=lambda: uvloop.run(self._run()))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    async def _run(self) -> None:
        database = Database(self._url, size=1)
        await database.open()
        ledger = Ledger(database, lambda _: None)
        begin, made = time.monotonic(), 0
        while not self._over.is_set():
            await ledger.write(Write("bench", "SaveModel", "", _IDS, _change, create=True))
            made += 1
            await asyncio.sleep(max(0.0, begin + made / _REVISIONS - time.monotonic()))
        self.rate = made * _MODELS / (time.monotonic() - begin)
        await database.close()


def _change(heads: Mapping[str, Head]) -> Decision:
    """A new description for each."""
    return Decision(models=[_changed(head) for head in heads.values()])


def _changed(head: Head) -> ModelChange:
    model = model_pb2.Model(id=head.id, canonical_id="bench", display_name="Bench", description=str(uuid.uuid4()))
    operation = Operation.UPDATE if head.version else Operation.CREATE
    return ModelChange(head.id, operation, canonical(model), private=True)


@contextmanager
def _open(plan: Plan) -> Iterator[Mapping[str, Turn]]:
    with packaged() as service:
        changes = _Changes(url_of(service.data, DATABASE))
        answer = service.call("GetModel", REQUEST)
        with BareServer(answer) as bare:
            yield {
                "bare grpc.aio": _beside(changes, calls(bare, answer, plan.seconds)),
                "modeldex": _beside(changes, calls(service, answer, plan.seconds)),
            }


def _beside(changes: _Changes, turn: Turn) -> Turn:
    """The turn while models change."""

    def both() -> Reading:
        with changes:
            measured = turn()
        return Reading(measured.value, {**measured.beside, "changes/s": changes.rate})

    return both


CASE = Case(
    name="get_model_changing",
    title=f"GetModel of a warm model while {_REVISIONS * _MODELS} models a second change, as get_model",
    unit="calls/s",
    open=_open,
    base="bare grpc.aio",
    bars=(
        Bar("modeldex", 0.9, at_least=True, of="ratio"),
        Bar("modeldex", 0.8 * _REVISIONS * _MODELS, at_least=True, of="changes/s"),
    ),
    tools=("h2load",),
)
