"""Pins over real refreshes of a real source: what they hold, what is told, and how they end."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from modeldex.v1 import history_service_pb2 as api
from modeldex.v1 import model_pb2
from modeldex.v1.discovery_service_pb2 import DeleteModelRequest, SaveModelRequest
from modeldex_server import errors
from modeldex_server.catalogue.saving import Saver
from modeldex_server.history import pin_expiry, unpinning
from modeldex_server.ledger.changes import Operation
from modeldex_server.ledger.diff import leaves
from modeldex_server.ledger.documents import encode
from modeldex_server.security.scope import EVERYTHING, Scope
from modeldex_server.security.secret_paths import SecretPaths
from modeldex_server.store.database import Database
from support.pins import MODEL, SOURCE, Shelf, part, shelf
from support.records import BASE, MAPPED, changed
from support.rollbacks import desk

CREATE, UPDATE, DELETE, UNDELETE, _, PIN, UNPIN = Operation
OUTPUT = 'prices["output"]'


def in_an_hour() -> datetime:
    """When a pin is to end: not before the test wants it to, however slow the machine."""
    return datetime.now(UTC) + timedelta(hours=1)


def an_hour_later(patch: pytest.MonkeyPatch) -> None:
    """What ends pins takes the store's clock for one that is ahead, from now on."""
    for module, query in ((pin_expiry, "_DUE"), (unpinning, "_MOMENT")):
        now = "clock_timestamp()"
        assert now in getattr(module, query)
        patch.setattr(module, query, getattr(module, query).replace(now, f"{now} + interval '1 hour'"))


@pytest.fixture
async def one(database: Database, tmp_path: Path) -> Shelf:
    """A replica whose source lists a model."""
    made = await shelf(database, tmp_path)
    await made.says(record=BASE)
    return made


async def test_refreshes_change_nothing_of_what_is_pinned_whole(one: Shelf) -> None:
    """rollback survives refresh: whatever the source says of a model that is pinned whole, it stays byte for byte, and
    no refresh makes a version of it."""
    await one.pin()
    pinned = encode(one.document())
    for path, value in MAPPED[::3]:
        await one.says(record=changed(path, value))
        assert encode(one.document()) == pinned
    assert [operation for operation, *_ in one.versions()] == [CREATE, PIN]
    one.tables.check()


async def test_refreshes_change_all_but_what_is_pinned(one: Shelf) -> None:
    """rollback survives refresh: parts stay as they were pinned, known or unknown, and all else is as the source
    says."""
    chance = random.Random(5)
    await one.pin(part("context_window"), part("family", "mine"), part('capabilities["vision"]', None), part("prices"))
    prices = {path: value for path, value in leaves(one.document()).items() if path.startswith("prices")}
    for path, value in chance.sample(list(MAPPED), 8):
        await one.says(record=changed(path, value))
        served = one.document()
        assert (served.context_window, served.family) == (128_000, "mine")
        assert "vision" not in served.capabilities
        assert {path: value for path, value in leaves(served).items() if path.startswith("prices")} == prices
        if path == "limit.output":
            assert served.max_output_tokens == value
    await one.says(record={**changed("limit.context", 5), "name": "Said"})
    served = one.document()
    assert (served.context_window, served.display_name) == (128_000, "Said")
    assert served.field_sources == {"*": SOURCE, "family": "pin"}
    one.tables.check()


async def test_a_refresh_of_what_is_pinned_makes_no_version(one: Shelf) -> None:
    """silent no-op: where the source changed only what is pinned nothing changes, and the result says so."""
    await one.pin(part("context_window"))
    result = await one.says(record=changed("limit.context", 7))
    assert result is not None
    assert (result.updated_count, result.unchanged_count) == (0, 2)
    assert [operation for operation, *_ in one.versions()] == [CREATE, PIN]


async def test_pinning_and_unpinning_are_versions(one: Shelf) -> None:
    """a pin is a version: with who and why, also where the document is equal; it holds the pins that are in force."""
    committed = await one.pin(part("context_window"), part("tags"))
    answer = api.PinModelResponse.FromString(committed.answer)
    assert [(pin.model_id, pin.path, pin.version, pin.principal) for pin in answer.pins] == [
        (MODEL, "context_window", 2, "ann"),
        (MODEL, "tags", 2, "ann"),
    ]
    assert [(pin.path, pin.reason, len(pin.facts)) for pin in one.pinned()] == [
        ("context_window", "the list is wrong", 1),
        ("tags", "the list is wrong", 0),
    ]
    assert committed.answer_model == (MODEL, 2)
    await one.pin(by="eve")
    assert [(pin.path, pin.principal, pin.version) for pin in one.pinned()] == [("", "eve", 3)]
    left = await one.unpin()
    assert api.UnpinModelResponse.FromString(left.answer).model.id == MODEL
    assert one.pinned() == []
    assert one.versions() == [
        (CREATE, "discovery", ""),
        (PIN, "ann", "the list is wrong"),
        (PIN, "eve", "the list is wrong"),
        (UNPIN, "bob", "mended"),
    ]
    told = [(dict(update.metadata), update.model_id, update.provider_id) for update in one.told("PIN")]
    assert told == [
        ({"action": "pin", "principal": "ann", "paths": "context_window,tags"}, MODEL, "acme"),
        ({"action": "pin", "principal": "eve", "paths": ""}, MODEL, "acme"),
        ({"action": "unpin", "principal": "bob", "paths": ""}, MODEL, "acme"),
    ]
    one.tables.check()


async def test_unpinning_publishes_what_the_source_says(one: Shelf) -> None:
    """rollback survives refresh: only what was unpinned is as the source says now; the rest waits for its own end."""
    await one.pin(part("context_window"), part("display_name", "Mine"))
    await one.says(record={**changed("limit.context", 7), "name": "Theirs"})
    await one.unpin("context_window")
    assert (one.document().context_window, one.document().display_name) == (7, "Mine")
    await one.unpin()
    assert (one.document().context_window, one.document().display_name) == (7, "Theirs")
    assert one.document().field_sources == {"*": SOURCE}
    one.tables.check()


async def test_a_dropped_model_stays_while_it_is_pinned_whole(one: Shelf) -> None:
    """rollback survives refresh: and leaves when it is unpinned."""
    await one.pin()
    pinned = encode(one.document())
    await one.says(record=None)
    await one.refresh()
    assert encode(one.document()) == pinned
    assert one.told("UPSTREAM_DRIFT")[-1].metadata["listed"] == "false"
    committed = await one.unpin()
    assert not api.UnpinModelResponse.FromString(committed.answer).HasField("model")
    assert one.served() is None
    assert one.versions()[-1] == (DELETE, "bob", "mended")
    one.tables.check()


async def test_a_dropped_model_comes_back_with_the_pins_of_its_parts(one: Shelf) -> None:
    """rollback survives refresh: a model leaves though a part of it is pinned, and what is pinned is so when it comes
    back."""
    await one.pin(part("context_window", 9))
    await one.says(record=None)
    assert one.served() is None
    page = await one.listing.page("", 10, EVERYTHING)
    assert page.pins == []
    with pytest.raises(errors.ModelNotFound):
        await one.unpin()
    await one.says(record=changed("name", "Back"))
    assert (one.document().context_window, one.document().display_name) == (9, "Back")
    assert [operation for operation, *_ in one.versions()] == [CREATE, PIN, DELETE, UNDELETE]
    one.tables.check()


async def test_drift_is_told_with_the_pin_and_when_the_source_changes_it(one: Shelf) -> None:
    """drift is told: once for each other thing that the source says of what is pinned; an equal refresh, or one of
    something else, tells nothing."""

    def drifts() -> list[str]:
        return [update.metadata["paths"] for update in one.told("UPSTREAM_DRIFT")]

    await one.pin(part("max_output_tokens"))
    assert drifts() == []
    await one.pin(part("context_window", 9))
    assert drifts() == ["context_window"]
    head = one.tables.head
    await one.refresh()
    await one.says(record=BASE)
    assert one.tables.head == head
    await one.says(record=changed("name", "Other"))
    assert drifts() == ["context_window"]
    await one.says(record=changed("limit.context", 7))
    await one.says(record=changed("limit.output", 8))
    assert drifts() == ["context_window"] * 2 + ["context_window,max_output_tokens"]
    await one.says(record={**changed("limit.context", 9), "name": "Right"})
    assert len(drifts()) == 3
    one.tables.check()


@pytest.mark.parametrize("wide", [(), (part("context_window"), part("prices"))], ids=["whole", "parts"])
async def test_drift_is_told_when_a_wider_pin_holds_again(
    one: Shelf, wide: tuple[api.PinnedField, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """drift is told: what the source said while a narrower pin agreed with it is told once a wider one holds again;
    where that holds the same, nothing is told again."""

    def drifts() -> list[str]:
        return [update.metadata["paths"] for update in one.told("UPSTREAM_DRIFT")]

    amount = 'prices["input"].amount'
    await one.pin(*wide)
    await one.pin(part(amount, "9"))
    await one.says(record={**changed("cost.input", 9), "name": "Said"})
    before = drifts()
    await one.unpin(amount)
    assert one.document().prices["input"].amount == "0.25"
    assert drifts() == [*before, amount]
    await one.pin(part("context_window", 128_000), part(amount), expire_time=in_an_hour())
    before = drifts()
    an_hour_later(monkeypatch)
    assert await one.expiry.end() == 1
    assert drifts() == before
    one.tables.check()


async def test_a_pin_that_expires_ends_once(
    one: Shelf, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """a pin is a version: on two replicas that look at the same time one version ends it, by the server itself."""
    (tmp_path / "second").mkdir()
    second = await shelf(database, tmp_path / "second")
    second.file.write_bytes(one.file.read_bytes())
    await one.pin(part("context_window", 9), expire_time=in_an_hour())
    await one.pin(part("family", "mine"))
    assert await one.expiry.end() == 0
    an_hour_later(monkeypatch)
    assert sum(await asyncio.gather(*(each.expiry.end() for each in (one, second) for _ in range(4)))) == 1
    assert await one.expiry.end() == 0
    assert (one.document().context_window, one.document().family) == (128_000, "mine")
    assert one.versions()[3:] == [(UNPIN, "history", "The pin expired.")]
    assert dict(one.told("PIN")[-1].metadata) == {"action": "expire", "principal": "history", "paths": "context_window"}
    one.tables.check()


async def test_a_model_that_nobody_lists_leaves_when_its_pin_expires(
    one: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """a pin is a version: the end of a pin by time is as that by a caller."""
    await one.pin(expire_time=in_an_hour())
    await one.says(record=None)
    an_hour_later(monkeypatch)
    assert await one.expiry.end() == 1
    assert one.versions()[-1] == (DELETE, "history", "The pin expired.")
    assert await one.expiry.end() == 0


async def test_a_price_is_pinned_with_its_unit(one: Shelf) -> None:
    """rollback survives refresh: an amount says nothing without its unit, so a pin of a part of a price is one of the
    price; unknown, it is no price at all."""
    committed = await one.pin(part(f"{OUTPUT}.amount", "3.50"), part('prices["input"].amount', None))
    pins = api.PinModelResponse.FromString(committed.answer).pins
    assert [(pin.path, len(pin.facts)) for pin in pins] == [('prices["input"]', 0), (OUTPUT, 4)]
    await one.says(record=changed("cost", None))
    served = one.document()
    assert list(served.prices) == ["output"]
    assert (served.prices["output"].amount, served.prices["output"].unit) == (
        "3.5",
        model_pb2.PRICE_UNIT_MILLION_TOKENS,
    )
    assert served.field_sources["prices.output"] == "pin"
    await one.unpin(f"{OUTPUT}.amount", 'prices["input"]')
    assert one.document().prices == {}


async def test_under_a_pin_of_the_whole_model_a_part_can_be_pinned(one: Shelf) -> None:
    """rollback survives refresh: while it is, it counts; when it ends, the pin of the whole model holds again; and it
    stays when that ends first."""
    await one.pin()
    await one.pin(part("context_window", 9))
    await one.says(record=changed("limit.context", 7))
    assert one.document().context_window == 9
    await one.unpin("context_window")
    assert one.document().context_window == 128_000
    assert [pin.path for pin in one.pinned()] == [""]
    await one.pin(part("context_window", 9))
    await one.unpin("")
    assert one.document().context_window == 9
    await one.unpin()
    assert one.document().context_window == 7
    one.tables.check()


async def test_what_a_caller_saved_stays_until_it_is_unpinned(one: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """saved stays: a source that begins to list it pins it by the way; unpinned by a caller it is the source's, while
    a pin that expires leaves it as it was saved."""
    saver = Saver(one.ledger, SecretPaths(()))
    saved = SaveModelRequest(model=model_pb2.Model(id="acme/mine", display_name="Mine"))
    await saver.save(saved, by="ann", timeout=20)
    with pytest.raises(errors.NotListed):
        await one.pin(model_id="acme/mine")
    await one.says("acme/mine", BASE)
    assert [pin.principal for pin in one.pinned("acme/mine")] == ["discovery"]
    with pytest.raises(errors.ManagedBySource):
        await saver.save(saved, by="ann", timeout=20)
    with pytest.raises(errors.ManagedBySource):
        await saver.delete(DeleteModelRequest(id="acme/mine"), by="ann", timeout=20)
    await one.pin(model_id="acme/mine", expire_time=in_an_hour())
    await one.says("acme/mine", changed("name", "Theirs"))
    an_hour_later(monkeypatch)
    assert await one.expiry.end() == 1
    assert one.document("acme/mine").display_name == "Mine"
    assert [pin.principal for pin in one.pinned("acme/mine")] == ["discovery"]
    await one.says("acme/mine", changed("name", "Others"))
    assert one.document("acme/mine").display_name == "Mine"
    await one.unpin(model_id="acme/mine")
    assert one.document("acme/mine").display_name == "Others"
    assert one.tables.rows("SELECT private FROM model WHERE id = 'acme/mine'") == [(False,)]
    one.tables.check()


async def test_what_was_pinned_of_a_saved_model_is_not_saved(one: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """saved stays: a value that a caller pins goes with its pin, also where a pin of the whole model expires first."""
    saver = Saver(one.ledger, SecretPaths(()))
    saved = SaveModelRequest(model=model_pb2.Model(id="acme/mine", display_name="Mine"))
    await saver.save(saved, by="ann", timeout=20)
    await one.says("acme/mine", BASE)
    await one.pin(model_id="acme/mine", expire_time=in_an_hour())
    whole = encode(one.document("acme/mine"))
    await one.pin(part("display_name", "Pinned"), model_id="acme/mine")
    an_hour_later(monkeypatch)
    assert await one.expiry.end() == 1
    assert [(pin.path, pin.principal) for pin in one.pinned("acme/mine")] == [
        ("", "discovery"),
        ("display_name", "ann"),
    ]
    assert one.document("acme/mine").display_name == "Pinned"
    await one.unpin("display_name", model_id="acme/mine")
    assert encode(one.document("acme/mine")) == whole
    one.tables.check()


@pytest.mark.parametrize("target", [1, 2])
async def test_a_rollback_to_what_was_saved_is_not_undone(
    one: Shelf, database: Database, target: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """rollback survives refresh: whether or not a source listed it then, what was saved is pinned where one does now,
    for the usual time, and stays as it was saved after that."""
    free = desk(database, one.ledger, approval="never")
    saver = Saver(one.ledger, SecretPaths(()))
    saved = SaveModelRequest(model=model_pb2.Model(id="acme/mine", display_name="Mine"))
    await saver.save(saved, by="ann", timeout=20)
    await one.says("acme/mine", BASE)
    await one.unpin(model_id="acme/mine")
    done = await free.request("acme/mine", target)
    assert [(pin.path, pin.principal, pin.rollback_id) for pin in one.pinned("acme/mine")] == [("", "ann", done.id)]
    assert done.pin_duration.ToTimedelta() == timedelta(days=7)
    put_back = encode(one.document("acme/mine"))
    await one.says("acme/mine", changed("name", "Theirs"))
    assert encode(one.document("acme/mine")) == put_back
    assert len(one.versions("acme/mine")) == done.executed_version == 4
    await one.pin(model_id="acme/mine", expire_time=in_an_hour())
    an_hour_later(monkeypatch)
    assert await one.expiry.end() == 1
    await one.says("acme/mine", changed("name", "Others"))
    assert (one.document("acme/mine").display_name, list(one.document("acme/mine").listed_by)) == ("Mine", [SOURCE])
    assert [pin.principal for pin in one.pinned("acme/mine")] == ["discovery"]
    assert one.tables.rows("SELECT private FROM model WHERE id = 'acme/mine'") == [(True,)]
    one.tables.check()


async def test_what_was_saved_and_pinned_is_its_savers_again(one: Shelf) -> None:
    """saved stays: where no source lists it any more, what a caller pinned stays byte for byte until the pin ends, and
    can be saved from then on."""
    saver = Saver(one.ledger, SecretPaths(()))
    await saver.save(SaveModelRequest(model=model_pb2.Model(id="acme/mine", family="f")), by="ann", timeout=20)
    await one.says("acme/mine", BASE)
    await one.pin(model_id="acme/mine")
    pinned = encode(one.document("acme/mine"))
    await one.says("acme/mine", None)
    assert encode(one.document("acme/mine")) == pinned
    await one.unpin(model_id="acme/mine")
    assert (one.document("acme/mine").family, list(one.document("acme/mine").listed_by)) == ("f", [])
    assert one.pinned("acme/mine") == []
    await saver.save(SaveModelRequest(model=model_pb2.Model(id="acme/mine", family="g")), by="ann", timeout=20)
    assert one.document("acme/mine").family == "g"


async def test_a_request_sent_again_gives_the_first_answer(one: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """done once: also where the model is pinned otherwise by then, or has left the catalogue."""
    fields = (part("context_window", 9),)
    first = await one.pin(*fields, request_id="r", expire_time=in_an_hour())
    await one.says(record=None)
    an_hour_later(monkeypatch)
    request = api.PinModelRequest(model_id=MODEL, fields=fields, reason="the list is wrong", request_id="r")
    with pytest.raises(errors.RequestIdReused):
        await one.pins.pin(request, by="ann", timeout=20)
    pinned = api.PinModelResponse.FromString(first.answer).pins[0]
    again = await one.pin(*fields, request_id="r", expire_time=pinned.expire_time)
    assert (again.answer, again.answer_model, again.revision) == (first.answer, (MODEL, 2), first.revision)


@pytest.mark.parametrize("pins", [True, False])
async def test_one_of_many_at_the_same_version_wins(one: Shelf, *, pins: bool) -> None:
    """one winner: of several that pin or unpin the same version one does."""
    await one.pin(part("family"))
    calls = [one.pin(expected_version=2) if pins else one.unpin(expected_version=2) for _ in range(5)]
    done = await asyncio.gather(*calls, return_exceptions=True)
    assert sum(not isinstance(each, Exception) for each in done) == 1
    assert {type(each) for each in done if isinstance(each, Exception)} == {errors.VersionMismatch}
    assert len(one.versions()) == 3


async def test_what_cannot_be_pinned_or_unpinned(one: Shelf) -> None:
    """done once: a refused call leaves no trace but its row in the audit trail."""
    traces = one.tables.traces()
    with pytest.raises(errors.ModelNotFound):
        await one.pin(model_id="acme/none")
    with pytest.raises(errors.ModelNotFound):
        await one.unpin(model_id="acme/none")
    with pytest.raises(errors.NotPinned):
        await one.unpin()
    with pytest.raises(errors.VersionMismatch):
        await one.pin(expected_version=7)
    with pytest.raises(errors.InvalidRequest, match="expire_time"):
        await one.pin(expire_time=datetime.now(UTC) - timedelta(seconds=60))
    with pytest.raises(errors.InvalidRequest, match=r"needs prices\[\"image\"\]\.unit"):
        await one.pin(part('prices["image"].amount', "1"))
    assert one.tables.traces() == traces
    outcomes = one.tables.rows("SELECT outcome FROM audit_event WHERE principal IN ('ann', 'bob') ORDER BY id")
    assert [outcome for (outcome,) in outcomes] == [
        "MODEL_NOT_FOUND",
        "MODEL_NOT_FOUND",
        "NOT_PINNED",
        "VERSION_MISMATCH",
        "INVALID_REQUEST",
        "INVALID_REQUEST",
    ]
    await one.pin(part("family"))
    with pytest.raises(errors.NotPinned) as missing:
        await one.unpin("family", "tags")
    assert missing.value.metadata["paths"] == "tags"


async def test_a_model_has_no_more_pins_than_are_good_for_it(one: Shelf) -> None:
    """bounded: many calls do not make a model of any size."""
    for start in (0, 50):
        await one.pin(*(part(f'metadata["k{number}"]', "v") for number in range(start, start + 40)))
    with pytest.raises(errors.InvalidRequest, match="metadata must have at most 100 keys"):
        await one.pin(*(part(f'metadata["more{number}"]', "v") for number in range(60)))
    await one.pin(*(part(f'tags["k{number}"]') for number in range(100)))
    with pytest.raises(errors.InvalidRequest, match="more than 200 pins"):
        await one.pin(*(part(f'alternatives["k{number}"]') for number in range(30)))


async def test_nothing_secret_is_pinned(database: Database, tmp_path: Path) -> None:
    """secrets stay secret: history keeps every version in the clear, so a value that is declared secret is refused;
    that there shall be none is no secret."""
    one = await shelf(database, tmp_path, secret=("api_key", "login.token"))
    await one.says(record=BASE)
    with pytest.raises(errors.InvalidRequest, match="declared secret") as refused:
        await one.pin(part("family"), part('metadata["api_key"]', "s3cr3t"))
    assert [violation.field for violation in refused.value.violations] == ["fields[1].value"]
    login = api.PinnedField(path='metadata["login"]')
    login.value.struct_value.update({"token": "s3cr3t"})
    with pytest.raises(errors.InvalidRequest, match="declared secret"):
        await one.pin(login)
    assert len(one.versions()) == 1
    await one.pin(part('metadata["api_key"]', None))
    assert [pin.path for pin in one.pinned()] == ['metadata["api_key"]']


async def test_pins_are_listed_by_model_and_path(one: Shelf) -> None:
    """stable pages: all pins of a model stand on one page; what is of other providers does not exist."""
    await one.says("acme/n", BASE)
    await one.pin(part("tags"), part("family"))
    await one.pin(model_id="acme/n")
    await one.pin(model_id="acme/other")
    first = await one.listing.page("", 2, EVERYTHING)
    assert [(pin.model_id, pin.path) for pin in first.pins] == [(MODEL, "family"), (MODEL, "tags"), ("acme/n", "")]
    assert (first.next, first.revision) == ("acme/n", one.tables.head)
    rest = await one.listing.page("acme/n", 2, EVERYTHING)
    assert ([pin.model_id for pin in rest.pins], rest.next) == (["acme/other"], None)
    assert [pin.path for pin in (await one.listing.page("", 9, EVERYTHING, model_id="acme/n")).pins] == [""]
    assert (await one.listing.page("", 9, EVERYTHING, provider_id="else")).pins == []
    assert (await one.listing.page("", 9, Scope(frozenset({"else"})))).pins == []
