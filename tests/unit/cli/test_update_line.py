"""An update as one line."""

from __future__ import annotations

from typing import Any

import pytest
from rich.cells import cell_len

from modeldex.v1 import update_pb2 as pb
from modeldex.v1.model_pb2 import Model, Price, PriceTier
from modeldex_server.cli import update_line
from modeldex_server.ledger.diff import diff
from modeldex_server.ledger.documents import canonical


def told(event: pb.UpdateEvent) -> str:
    """The line without its time."""
    return update_line.line(event, None, colour=False).split("  ", 1)[1].strip()


def changed(before: Model, after: Model) -> str:
    """What a line says of a change of a model."""
    changes = diff(canonical(before), canonical(after))
    update = pb.ModelUpdate(type=pb.MODEL_UPDATE_TYPE_UPDATED, model_id="a/b", after=after, changes=changes)
    line = told(pb.UpdateEvent(transition=pb.UPDATE_TRANSITION_CHANGED, model=update))
    return line.rpartition("a/b  ")[2]


def model(**fields: Any) -> Model:
    return Model(id="a/b", **fields)


def priced(amount: str, unit: Any = 1, currency: str = "") -> Model:
    return model(prices={"input": Price(amount=amount, unit=unit, currency=currency)})


def capable(name: str, **value: Any) -> Model:
    one = model()
    for kind, what in value.items():
        setattr(one.capabilities[name], kind, what)
    return one


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (model(context_window=128_000), model(context_window=200_000), "context 128k -> 200k"),
        (model(), model(max_output_tokens=16_384), "max output 16.4k"),
        (model(max_input_tokens=1000), model(), "max input 1k -> unknown"),
        (priced("2.5"), priced("2"), "input 2.5 -> 2 USD/M"),
        (model(), priced("0.04", 2, "EUR"), "input 0.04 EUR/image"),
        (priced("2.5"), model(), "input 2.5 -> unknown"),
        (capable("vision", flag=False), capable("vision", flag=True), "+vision"),
        (capable("vision", flag=True), capable("vision", flag=False), "-vision"),
        (capable("vision", flag=True), model(), "vision yes -> unknown"),
        (capable("cutoff", text="2023"), capable("cutoff", text="2024"), "cutoff 2023 -> 2024"),
        (model(tags=["a"]), model(tags=["b"]), "-tag a, +tag b"),
        (model(), model(input_modalities=[2]), "+takes image"),
        (model(lifecycle={"stage": 3}), model(lifecycle={"stage": 4}), "stage active -> deprecated"),
        (model(display_name="One"), model(display_name="Two"), "name One -> Two"),
        (model(), model(metadata={"a": 1}, listed_by=["x"]), "listed by, metadata"),
        (model(context_window=1), model(context_window=2, metadata={"a": 1}), "context 1 -> 2"),
        (model(description="x" * 100), model(description="y"), f"description {'x' * 40}… -> y"),
    ],
)
def test_what_changed_in_a_model(before: Model, after: Model, said: str) -> None:
    assert changed(before, after) == said


def test_a_tier_of_a_price() -> None:
    before, after = priced("2"), priced("2")
    before.prices["input"].tiers.append(PriceTier(above_tokens=200_000, amount="4"))
    after.prices["input"].tiers.append(PriceTier(above_tokens=200_000, amount="5"))
    assert changed(before, after) == "input above 200k 4 -> 5 USD/M"


@pytest.mark.parametrize(
    ("type", "transition", "said"),
    [
        (pb.MODEL_UPDATE_TYPE_ADDED, pb.UPDATE_TRANSITION_ENTERED, "added"),
        (pb.MODEL_UPDATE_TYPE_REMOVED, pb.UPDATE_TRANSITION_LEFT, "removed"),
        (pb.MODEL_UPDATE_TYPE_UPDATED, pb.UPDATE_TRANSITION_ENTERED, "entered"),
        (pb.MODEL_UPDATE_TYPE_UPDATED, pb.UPDATE_TRANSITION_LEFT, "left"),
    ],
)
def test_how_a_model_stands_to_the_filter(type: Any, transition: Any, said: str) -> None:
    update = pb.ModelUpdate(type=type, model_id="a/b")
    assert told(pb.UpdateEvent(transition=transition, model=update)) == f"model       a/b  {said}"
    assert told(pb.UpdateEvent(external=True, model=update)).endswith("(published)")


@pytest.mark.parametrize(
    ("event", "subject", "said"),
    [
        (
            pb.UpdateEvent(provider=pb.ProviderUpdate(type=3, provider_id="groq", previous_status=1, status=3)),
            "groq",
            "status active -> error",
        ),
        (
            pb.UpdateEvent(provider=pb.ProviderUpdate(type=4, provider_id="groq", model_count=12)),
            "groq",
            "models refreshed, 12 models",
        ),
        (
            pb.UpdateEvent(capability=pb.CapabilityUpdate(type=3, capability="vision", gained_model_ids=["a/b"])),
            "vision",
            "gained by 1 model",
        ),
        (pb.UpdateEvent(capability=pb.CapabilityUpdate(type=1, capability="vision")), "vision", "added"),
        (
            pb.UpdateEvent(
                lifecycle=pb.LifecycleUpdate(model_id="a/b", milestone=2, days_before=30, replacement_id="a/c")
            ),
            "a/b",
            "retirement on 1970-01-01, within 30 days, move to a/c",
        ),
        (pb.UpdateEvent(operation=pb.OperationUpdate(type=2, model_id="a/b", message="Pinned.")), "a/b", "Pinned."),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_updates_of_other_kinds(event: pb.UpdateEvent, subject: str, said: str) -> None:
    assert update_line.subject(event) == subject
    assert told(event) == f"{event.WhichOneof('update'):<10}  {subject}  {said}"


def test_every_type_of_update_has_its_words() -> None:
    for kind, enum in (("provider", pb.ProviderUpdateType), ("capability", pb.CapabilityUpdateType)):
        for number in enum.values()[1:]:
            event = pb.UpdateEvent()
            getattr(event, kind).type = number
            assert told(event).split()[1:]


def test_a_narrow_terminal_gets_a_part_of_it() -> None:
    update = pb.ModelUpdate(type=pb.MODEL_UPDATE_TYPE_UPDATED, model_id="a/b")
    update.changes.extend(diff(Model(), Model(tags=[f"tag-{number}" for number in range(50)])))
    event = pb.UpdateEvent(model=update)
    line = update_line.line(event, 80, colour=False)
    assert cell_len(line) <= 80
    assert line.endswith("…")
    assert "\x1b[" in update_line.line(event, 80, colour=True)
