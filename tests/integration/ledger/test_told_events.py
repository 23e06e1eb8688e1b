"""Events beside those of the models, on a real PostgreSQL."""

from __future__ import annotations

import pytest

from modeldex.v1 import model_pb2
from modeldex.v1 import update_pb2 as pb
from modeldex_server.catalogue.availability import Availability
from modeldex_server.ledger.changes import MOST_EVENTS, Write
from modeldex_server.ledger.ledger import Ledger
from modeldex_server.ledger.log import MODEL, read_after, read_full, versions_in
from modeldex_server.store.database import Connection, Database
from support.checks import Catalogue
from support.models import plain
from support.writes import delete, save

_PROVIDERS = "SELECT id, status, availability, live_models FROM provider ORDER BY id"


def model_told(**fields: object) -> pb.UpdateEvent:
    update = pb.ModelUpdate(type=pb.MODEL_UPDATE_TYPE_UPDATED, model_id="acme/one", provider_id="acme")
    update.after.id, update.after.display_name = "acme/one", "Published"
    return pb.UpdateEvent(model=update, external=True, **fields)  # type: ignore[arg-type] # reason, source_id


def status_told(provider_id: str, *, external: bool) -> pb.UpdateEvent:
    update = pb.ProviderUpdate(
        type=pb.PROVIDER_UPDATE_TYPE_STATUS_CHANGED, provider_id=provider_id, status=3, availability=3
    )
    return pb.UpdateEvent(provider=update, external=external)


def operation(message: str) -> pb.UpdateEvent:
    return pb.UpdateEvent(
        operation=pb.OperationUpdate(type=pb.OPERATION_UPDATE_TYPE_PIN, model_id="acme/one", message=message)
    )


async def told_after(database: Database, revision: int) -> list[pb.UpdateEvent]:
    page = await read_full(database, revision)
    return [pb.UpdateEvent.FromString(event.update_event()) for one in page.revisions for event in one.events]


def capability_events(events: list[pb.UpdateEvent]) -> dict[str, tuple[list[str], list[str], list[str]]]:
    """Capability -> the models that gained, lost and changed it."""
    updates = [event.capability for event in events if event.WhichOneof("update") == "capability"]
    assert all(update.type == pb.CAPABILITY_UPDATE_TYPE_UPDATED for update in updates)
    assert [update.capability for update in updates] == sorted(update.capability for update in updates)
    return {
        update.capability: (list(update.gained_model_ids), list(update.lost_model_ids), list(update.changed_model_ids))
        for update in updates
    }


async def test_external_updates_are_told_and_change_nothing(
    database: Database, ledger: Ledger, tables: Catalogue
) -> None:
    """external updates: they take one revision, with their own source and reason, and touch neither models, versions,
    providers nor what replicas keep of them."""
    await save(ledger, plain("acme/one", "One"))
    before = (*tables.traces(), tables.rows(_PROVIDERS))
    gained = pb.CapabilityUpdate(type=pb.CAPABILITY_UPDATE_TYPE_UPDATED, capability="vision")
    published = [
        model_told(reason="own", source_id="elsewhere"),
        status_told("acme", external=True),
        status_told("unheard-of", external=True),
        pb.UpdateEvent(capability=gained, external=True),
    ]
    committed = await save(ledger, events=published)
    assert (committed.revision, list(committed.changed)) == (2, [])
    models, events, revisions, heads, head, providers = before
    after = (*tables.traces(), tables.rows(_PROVIDERS))
    assert after == (models, events + 4, revisions + 1, heads, head + 1, providers)
    told = await told_after(database, 1)
    assert [event.ordinal for event in told] == [0, 1, 2, 3]
    assert all(event.external and event.principal == "ann" for event in told)
    assert [event.reason for event in told] == ["own", *["for a test"] * 3]
    assert [event.source_id for event in told] == ["elsewhere", "", "", ""]
    assert [event.WhichOneof("update") for event in told] == ["model", "provider", "provider", "capability"]
    assert told[0].model == published[0].model
    (thin,) = (await read_after(database, 1)).revisions
    assert [event.kind for event in thin.events if event.kind == MODEL] == [MODEL]
    assert list(versions_in(thin.events)) == []
    tables.check()


async def test_an_external_status_does_not_reach_the_availability(database: Database, ledger: Ledger) -> None:
    """external updates: models are served as available as they were."""
    await save(ledger, plain("acme/one"), events=[status_told("acme", external=False)])
    await save(ledger, events=[status_told("acme", external=True), status_told("other", external=True)])
    told = Availability()
    for revision in (await read_after(database, 0)).revisions:
        told.apply(revision.events)
    loaded = Availability()
    await loaded.load(database)
    assert told.suffix("other/one") == loaded.suffix("other/one") == b""
    assert told.suffix("acme/one") == loaded.suffix("acme/one")


async def test_a_revision_tells_of_models_providers_and_all_else_in_one_order(
    database: Database, ledger: Ledger, tables: Catalogue
) -> None:
    """gap-free log: models by id, then what the decision tells, then capabilities, then providers that came or went;
    ordinals 0, 1, 2, ... without a gap, in one transaction."""
    one, two = plain("beta/one"), plain("acme/two")
    two.capabilities["vision"].flag = True
    await save(ledger, one, two, events=[operation("first"), status_told("acme", external=False)])
    told = await told_after(database, 0)
    assert [event.ordinal for event in told] == list(range(len(told)))
    assert [event.WhichOneof("update") for event in told] == [
        "model", "model", "operation", "provider", "capability", "provider", "provider",
    ]  # fmt: skip
    assert [event.model.model_id for event in told[:2]] == ["acme/two", "beta/one"]
    assert [event.provider.provider_id for event in told[5:]] == ["acme", "beta"]
    assert told[2].operation.message == "first"
    assert not any(event.external for event in told)
    tables.check()


async def test_a_revision_has_at_least_one_event(ledger: Ledger, tables: Catalogue) -> None:
    """silent no-op: a write that tells nothing takes no revision, one that tells something by itself takes one."""
    assert (await save(ledger)).revision == 0
    assert (await save(ledger, events=[operation("alone")])).revision == 1
    same = plain("acme/one")
    assert (await save(ledger, same)).revision == 2
    assert (await save(ledger, same)).revision == 0
    assert (await save(ledger, same, events=[operation("beside")])).revision == 3
    tables.check()


async def test_a_status_is_kept_with_its_event(database: Database, ledger: Ledger, tables: Catalogue) -> None:
    """one transaction: a provider's row says what the last event of its status said."""
    await save(ledger, plain("acme/one"))
    await save(ledger, events=[status_told("acme", external=False)])
    assert tables.rows(_PROVIDERS) == [("acme", 3, 3, 1)]


async def test_too_much_for_one_revision_writes_nothing(ledger: Ledger, tables: Catalogue) -> None:
    """one transaction: a write that is refused while it is made leaves no trace."""
    before = tables.traces()
    with pytest.raises(ValueError, match=str(MOST_EVENTS)):
        await save(ledger, plain("acme/one"), events=[operation("")] * (MOST_EVENTS + 1))
    assert tables.traces() == before
    assert (await save(ledger, events=[operation("x" * 400)] * MOST_EVENTS)).revision == 1
    tables.check()


async def test_capabilities_are_told_as_models_gain_lose_and_change_them(
    database: Database, ledger: Ledger, tables: Catalogue
) -> None:
    """capability events: one a revision for each capability that moved, with the models, and none where none did."""

    def model(name: str, **values: bool | str) -> model_pb2.Model:
        made = plain(f"acme/{name}", "Name")
        for capability, value in values.items():
            if isinstance(value, bool):
                made.capabilities[capability].flag = value
            else:
                made.capabilities[capability].text = value
        return made

    steps: list[tuple[list[model_pb2.Model], dict[str, tuple[list[str], list[str], list[str]]]]] = [
        (
            [model("a", vision=True, batch=False), model("b", vision=False)],
            {"batch": (["acme/a"], [], []), "vision": (["acme/a", "acme/b"], [], [])},
        ),
        (
            [model("a", vision=True, batch=True), model("b")],
            {"batch": ([], [], ["acme/a"]), "vision": ([], ["acme/b"], [])},
        ),
        ([model("a", vision=True, batch=True, knowledge_cutoff="2025-08")], {"knowledge_cutoff": (["acme/a"], [], [])}),
    ]
    for models, expected in steps:
        revision = (await save(ledger, *models)).revision
        assert capability_events(await told_after(database, revision - 1)) == expected
    renamed = model("a", vision=True, batch=True, knowledge_cutoff="2025-08")
    renamed.display_name = "Other"
    revision = (await save(ledger, renamed)).revision
    assert capability_events(await told_after(database, revision - 1)) == {}
    everything = ["batch", "knowledge_cutoff", "vision"]
    revision = (await delete(ledger, "acme/a", "acme/b")).revision
    assert capability_events(await told_after(database, revision - 1)) == dict.fromkeys(
        everything, ([], ["acme/a"], [])
    )
    revision = (await save(ledger, renamed)).revision
    assert capability_events(await told_after(database, revision - 1)) == dict.fromkeys(
        everything, (["acme/a"], [], [])
    )
    tables.check()


class Counting:
    """A row of another room: how often it was counted up."""

    def __init__(self) -> None:
        self.found = -1

    async def read(self, connection: Connection) -> None:
        row = await (await connection.execute("SELECT count FROM counting FOR UPDATE")).fetchone()
        assert row is not None
        self.found = row[0]

    async def write(self, connection: Connection) -> None:
        await connection.execute("UPDATE counting SET count = %(count)s", {"count": self.found + 1})

    async def put_revision(self, connection: Connection) -> None:
        await connection.execute("UPDATE counting SET revision = (SELECT revision FROM ledger_head)")


async def test_rows_of_another_room_change_with_the_catalogue_or_not_at_all(ledger: Ledger, tables: Catalogue) -> None:
    """one transaction: what is written beside a change is there if the change is, and only then."""
    from modeldex_server.ledger.changes import Decision

    tables.run("CREATE TABLE counting (count integer, revision bigint); INSERT INTO counting VALUES (0, 0)")

    async def count(*events: pb.UpdateEvent) -> int:
        counting = Counting()
        write = Write("ann", "Count", "", [], lambda _: Decision(events=events), beside=counting)
        await ledger.write(write)
        return counting.found

    assert await count(operation("one")) == 0
    assert await count() == 1
    with pytest.raises(ValueError, match="external"):
        await count(pb.UpdateEvent())
    assert await count(operation("two")) == 1
    assert tables.rows("SELECT count, revision FROM counting") == [(2, 2)]
    assert tables.head == 2
