"""One model for people: what it takes, costs and can, how long it lives, and where that is known from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modeldex_server.cli.model_table import stage_style
from modeldex_server.cli.terminal import texts
from modeldex_server.cli.terminal.cards import Card
from modeldex_server.cli.terminal.styles import Style, styled

if TYPE_CHECKING:
    from datetime import datetime

    from modeldex.v1.model_pb2 import CapabilityValue, Model

# The meters that everybody asks for come first.
_METERS = ("input", "output", "cache_read", "cache_write", "reasoning")


def lines(model: Model, now: datetime, width: int | None, *, colour: bool) -> Iterator[str]:
    """The lines that `models get` shows."""
    yield styled(texts.safe(model.id), Style.HEAD) if colour else texts.safe(model.id)
    card = Card(width, colour)
    card.add("name", texts.safe(model.display_name))
    card.add("about", texts.safe(model.description))
    card.add("canonical", texts.safe(model.canonical_id))
    card.add("family", texts.safe(model.family))
    _add_limits(card, model)
    card.add_all("price", _prices(model))
    _add_capabilities(card, model)
    _add_life(card, model, now)
    card.add("tags", texts.words(model.tags))
    card.add("alternatives", texts.words(model.alternatives))
    card.add_all("facts from", _sources(model))
    _add_version(card, model)
    yield from card.lines()


def _add_limits(card: Card, model: Model) -> None:
    from modeldex.v1.model_pb2 import Modality  # noqa: PLC0415

    for label, name in (
        ("context", "context_window"),
        ("max input", "max_input_tokens"),
        ("max output", "max_output_tokens"),
    ):
        if model.HasField(name):  # type: ignore[arg-type] # one of the three
            card.add(label, f"{texts.count(getattr(model, name))} tokens")
    for label, kinds in (("takes", model.input_modalities), ("gives", model.output_modalities)):
        card.add(label, ", ".join(texts.word(Modality.Name, kind, "MODALITY_") for kind in kinds))


def _prices(model: Model) -> Iterator[str]:
    """A line for each meter, and one for each tier below it; the amounts stand below each other by their point."""
    if not model.prices:
        yield "unknown"
        return
    rows = [*_price_rows(model)]
    longest = max(len(meter) for meter, _, _ in rows)
    whole = max(len(amount.partition(".")[0]) for _, amount, _ in rows)
    fraction = max(len(amount.partition(".")[2]) for _, amount, _ in rows)
    for meter, amount, words in rows:
        before, point, after = amount.partition(".")
        mark = (point or " ") if fraction else ""
        yield f"{meter:<{longest}}  {before:>{whole}}{mark}{after:<{fraction}} {words}"


def _price_rows(model: Model) -> Iterator[tuple[str, str, str]]:
    for meter in sorted(model.prices, key=lambda meter: (_METERS.index(meter) if meter in _METERS else 99, meter)):
        price = model.prices[meter]
        free = "" if price.amount.strip("0.") else " (free)"
        yield texts.safe(meter), texts.safe(price.amount), f"{texts.price_unit(price)}{free}"
        for tier in price.tiers:
            yield "", texts.safe(tier.amount), f"above {texts.count(tier.above_tokens)} tokens"


def _add_capabilities(card: Card, model: Model) -> None:
    flags = {name: value.flag for name, value in model.capabilities.items() if value.WhichOneof("value") == "flag"}
    card.add("can", texts.words(sorted(name for name, flag in flags.items() if flag)), Style.GOOD)
    card.add("cannot", texts.words(sorted(name for name, flag in flags.items() if not flag)), Style.FAINT)
    known = sorted(name for name in model.capabilities if name not in flags)
    card.add_all("also", (f"{texts.safe(name)}: {_value(model.capabilities[name])}" for name in known))


def _value(value: CapabilityValue) -> str:
    kind = value.WhichOneof("value")
    if kind == "number":
        return f"{value.number:,.15g}"
    return texts.words(value.list.values) if kind == "list" else texts.safe(value.text)


def _add_life(card: Card, model: Model, now: datetime) -> None:
    from modeldex.v1.model_pb2 import Availability, LifecycleStage  # noqa: PLC0415

    life = model.lifecycle
    if life.stage:
        card.add("stage", texts.word(LifecycleStage.Name, life.stage, "LIFECYCLE_STAGE_"), stage_style(model))
    for label, past, name in (
        ("released", "released", "release_time"),
        ("deprecated", "deprecated", "deprecation_time"),
        ("retires", "retired", "retirement_time"),
    ):
        if life.HasField(name):  # type: ignore[arg-type] # one of the three
            time = getattr(life, name)
            card.add(past if texts.moment(time) <= now else label, texts.date(time))
    card.add("move to", texts.safe(life.replacement_id))
    if model.availability:
        card.add("provider", texts.word(Availability.Name, model.availability, "AVAILABILITY_"))
    if model.unlisted:
        card.add("unlisted", "its provider does not list it now", Style.CAUTION)


def _sources(model: Model) -> Iterator[str]:
    """The source of every fact that has no other, then the others by source."""
    by_source: dict[str, list[str]] = {}
    for path, source in model.field_sources.items():
        by_source.setdefault(source, []).append(path)
    for source, paths in sorted(by_source.items(), key=lambda entry: ("*" not in entry[1], entry[0])):
        if "*" in paths:
            yield texts.safe(source) if len(by_source) == 1 else f"{texts.safe(source)} (all but the following)"
        else:
            yield f"{texts.safe(source)}: {texts.words(sorted(paths))}"


def _add_version(card: Card, model: Model) -> None:
    card.add("listed by", texts.words(model.listed_by))
    since = f", since {texts.minute(model.update_time)}" if model.HasField("update_time") else ""
    if model.version:  # what a caller keeps in the cache has none
        card.add("version", f"{model.version} (revision {model.revision}){since}")
