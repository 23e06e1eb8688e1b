"""Updates whose causes are rooms still to come: the ledger takes them, and watches bring them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from modeldex.v1 import condition_pb2
from modeldex.v1 import subscriber_service_pb2 as subscriber
from modeldex.v1 import update_pb2 as pb
from modeldex_server.ledger.ledger import Ledger
from modeldex_server.store.database import Database
from support.api import Api
from support.pairs import Pair
from support.watching import after, check_stream, place, watching
from support.writes import save

OPERATIONS = [value for value in pb.OperationUpdateType.DESCRIPTOR.values if value.number]
DEFINITIONS = [value for value in pb.CapabilityUpdateType.DESCRIPTOR.values if value.number]
# Every type of operation, about a model, about a provider and about nothing; and what can become of a definition.
TOLD = [
    *(
        pb.UpdateEvent(
            operation=pb.OperationUpdate(
                type=one.number,
                model_id=model_id,
                provider_id=provider_id,
                message=f"{one.name} of {model_id or provider_id or 'nothing'}.",
                metadata={"number": str(one.number)},
            )
        )
        for one in OPERATIONS
        for model_id, provider_id in (("acme/one", "acme"), ("", "acme"), ("", ""))
    ),
    *(pb.UpdateEvent(capability=pb.CapabilityUpdate(type=one.number, capability="telepathy")) for one in DEFINITIONS),
]


@pytest.fixture
async def ledger(pair: Pair) -> AsyncIterator[Ledger]:
    """A write path beside those of the servers, which nobody's hints tell of."""
    database = Database(pair.catalogue.url, size=1)
    await database.open()
    yield Ledger(database, lambda _: None)
    await database.close()


def custom(**fields: str) -> condition_pb2.EventFilter:
    """Updates of every kind of which fields have these values."""
    made = condition_pb2.EventFilter(type=condition_pb2.EVENT_FILTER_TYPE_CUSTOM)
    for field, value in fields.items():
        one = made.conditions.add(field=field, operator=condition_pb2.CONDITION_OPERATOR_EQUALS)
        one.value.string_value = value
    return made


def bare(update: pb.UpdateEvent) -> pb.UpdateEvent:
    """What was told, without what the log adds."""
    return pb.UpdateEvent(**{str(update.WhichOneof("update")): getattr(update, str(update.WhichOneof("update")))})


async def test_a_watch_of_everything_brings_every_operation_and_definition(
    ledger: Ledger, api: Api, other_api: Api
) -> None:
    """reliable: what was done about the catalogue, and what became of the definition of a capability, comes on every
    replica as it was told, in its order, by who did it."""
    async with watching(api) as one, watching(other_api) as other:
        revision = (await save(ledger, events=TOLD)).revision
        for recorder in (one, other):
            await recorder.through(revision)
            told = [update for update in recorder.updates if update.revision == revision]
            assert [bare(update) for update in told] == TOLD
            assert [update.ordinal for update in told] == list(range(len(TOLD)))
            assert all(update.principal == "ann" and update.reason == "for a test" for update in told)
            assert not any(update.external or update.transition for update in told)
            start = recorder.messages[0].revision  # one replica may be behind the other
            check_stream(recorder.messages, [place(update) for update in recorder.updates], start)


async def test_operations_are_chosen_by_what_they_are(ledger: Ledger, api: Api) -> None:
    """reliable: a CUSTOM filter finds them by their kind, their type, their model and their provider; a CAPABILITY
    filter finds definitions by their type."""
    capability = condition_pb2.EventFilter(type=condition_pb2.EVENT_FILTER_TYPE_CAPABILITY)
    type_is = capability.conditions.add(field="type", operator=condition_pb2.CONDITION_OPERATOR_EQUALS)
    type_is.value.string_value = "CAPABILITY_UPDATE_TYPE_REMOVED"
    cases = [
        (custom(kind="operation"), [update for update in TOLD if update.HasField("operation")]),
        (custom(kind="capability"), [update for update in TOLD if update.HasField("capability")]),
        *((custom(type=one.name), [u for u in TOLD if u.operation.type == one.number]) for one in OPERATIONS),
        *((custom(type=one.name), [u for u in TOLD if u.capability.type == one.number]) for one in DEFINITIONS),
        (custom(kind="operation", model_id="acme/one"), [u for u in TOLD if u.operation.model_id]),
        (custom(kind="operation", provider_id="acme"), [u for u in TOLD if u.operation.provider_id]),
        (capability, [u for u in TOLD if u.capability.type == pb.CAPABILITY_UPDATE_TYPE_REMOVED]),
        (custom(kind="operation", type="CAPABILITY_UPDATE_TYPE_ADDED"), []),
    ]
    revision = (await save(ledger, events=TOLD)).revision
    for wanted, expected in cases:
        async with watching(api, after(revision - 1, filters=[wanted], bookmark_interval=1)) as recorder:
            await recorder.through(revision)
        assert [bare(update) for update in recorder.updates if update.revision == revision] == expected, wanted


async def test_operations_are_no_updates_of_their_models(ledger: Ledger, api: Api) -> None:
    """reliable: a watch of models, or of providers, brings none of them; one of capabilities brings definitions. A
    snapshot knows none."""
    revision = (await save(ledger, events=TOLD)).revision
    options = after(revision - 1, bookmark_interval=1).options
    expected = [update for update in TOLD if update.HasField("capability")]
    for request, brought in (
        (subscriber.WatchModelUpdatesRequest(options=options), []),
        (subscriber.WatchProviderUpdatesRequest(options=options), []),
        (subscriber.WatchCapabilityUpdatesRequest(options=options), expected),
        (subscriber.WatchRequest(options=options, models={}), []),
    ):
        async with watching(api, request) as recorder:
            await recorder.through(revision)
        assert [bare(update) for update in recorder.updates if update.revision == revision] == brought
