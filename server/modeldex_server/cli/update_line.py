"""An update as one line: when, of what, and what changed, in short."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from modeldex_server.cli.terminal import texts
from modeldex_server.cli.terminal.styles import Style, styled
from modeldex_server.cli.terminal.tables import cut, width_of

if TYPE_CHECKING:
    from google.protobuf.struct_pb2 import Value

    from modeldex.v1.model_pb2 import Model
    from modeldex.v1.update_pb2 import CapabilityUpdate, FieldChange, LifecycleUpdate, ProviderUpdate, UpdateEvent

_LIMITS = {"context_window": "context", "max_input_tokens": "max input", "max_output_tokens": "max output"}
_MEMBERS = {"tags": "tag", "input_modalities": "takes", "output_modalities": "gives", "alternatives": "alternative"}
_TIMES = {
    "lifecycle.release_time": "released",
    "lifecycle.deprecation_time": "deprecated",
    "lifecycle.retirement_time": "retires",
}
_NAMES = {"lifecycle.stage": "stage", "lifecycle.replacement_id": "move to", "display_name": "name"}
_PREFIXES = ("MODALITY_", "LIFECYCLE_STAGE_")
_UNITS = {1: "M", 2: "image", 3: "s", 4: "request", 5: "M characters"}
_STEP = re.compile(r'\.?([a-z0-9_]+)|\[("(?:[^"\\]|\\.)*")\]')
_ADDED, _REMOVED = 1, 3  # of ModelUpdateType
_ENTERED, _LEFT = 1, 3  # of UpdateTransition
_METADATA = 3  # of FieldChangeKind
_LONGEST = 40  # characters of a value
_ENDING_TYPES = {"removed": Style.BAD, "left": Style.BAD, "added": Style.GOOD, "entered": Style.GOOD}


def subject(event: UpdateEvent) -> str:
    """What the update is of: a model, a provider or a capability."""
    match event.WhichOneof("update"):
        case "model":
            return event.model.model_id
        case "provider":
            return event.provider.provider_id
        case "capability":
            return event.capability.capability
        case "lifecycle":
            return event.lifecycle.model_id
        case "subscription":
            return event.subscription.subscription_id
        case _:
            return event.operation.model_id or event.operation.provider_id


def line(event: UpdateEvent, width: int | None, *, colour: bool) -> str:
    """The line; `width` bounds it, None is any."""
    kind = event.WhichOneof("update") or ""
    time = f"{texts.moment(event.time):%Y-%m-%d %H:%M:%S}"
    what = ", ".join(_told(event))
    if event.external:
        what = f"{what} (published)"
    parts = [time, f"{kind:<10}", texts.safe(subject(event)), _cut(what, width, time, kind, subject(event))]
    if not colour:
        return "  ".join(parts)
    style = _ENDING_TYPES.get(what.partition(",")[0], Style.CAUTION)
    return "  ".join([styled(parts[0], Style.FAINT), parts[1], styled(parts[2], Style.HEAD), styled(parts[3], style)])


def _cut(text: str, width: int | None, time: str, kind: str, of: str) -> str:
    """What fits beside the rest of the line, at least some of it."""
    if width is None:
        return text
    return cut(text, max(width - width_of(f"{time}  {kind:<10}  {of}  "), 10))


def _told(event: UpdateEvent) -> Iterator[str]:
    match event.WhichOneof("update"):
        case "model":
            yield from _model(event)
        case "provider":
            yield from _provider(event.provider)
        case "capability":
            yield from _capability(event.capability)
        case "lifecycle":
            yield from _lifecycle(event.lifecycle)
        case "operation":
            yield texts.safe(event.operation.message)
        case "subscription":
            from modeldex.v1.update_pb2 import SubscriptionUpdateType  # noqa: PLC0415

            yield texts.word(SubscriptionUpdateType.Name, event.subscription.type, "SUBSCRIPTION_UPDATE_TYPE_")


def _model(event: UpdateEvent) -> Iterator[str]:
    update = event.model
    if update.type == _REMOVED:
        yield "removed"
    elif update.type == _ADDED:
        yield "added"
    else:
        if event.transition in (_ENTERED, _LEFT):
            yield "entered" if event.transition == _ENTERED else "left"
        yield from _differences(update.changes, update.after)


def _differences(changes: Iterable[FieldChange], after: Model) -> Iterator[str]:
    """What differs; what stands beside the model itself is named only."""
    beside: dict[str, None] = {}
    told: list[str] = []
    for change in changes:
        steps = [name or json.loads(key) for name, key in _STEP.findall(change.path)]
        if change.kind == _METADATA and steps[0] not in _MEMBERS:
            beside[steps[0].replace("_", " ")] = None
        elif text := _difference(change, steps, after):
            told.append(text)
    yield from told or beside


def _difference(change: FieldChange, steps: list[str], after: Model) -> str:
    head = steps[0]
    if head == "prices":
        return _price(change, steps, after)
    if head == "capabilities":
        return _flag(change, steps[1])
    if head in _MEMBERS:
        sign = "+" if change.HasField("new_value") else "-"
        return f"{sign}{_MEMBERS[head]} {_word(steps[-1])}"
    name = _LIMITS.get(change.path) or _TIMES.get(change.path) or _NAMES.get(change.path) or steps[-1].replace("_", " ")
    return f"{texts.safe(name)} {_from_to(change)}"


def _price(change: FieldChange, steps: list[str], after: Model) -> str:
    """The amount; the unit stands behind it, and alone tells nothing where the amount came or went with it."""
    meter, field = steps[1], steps[2]
    unit = ""
    if meter in after.prices:
        price = after.prices[meter]
        unit = f" {price.currency or 'USD'}/{_UNITS.get(price.unit, '?')}"
    if field == "amount":
        return texts.safe(f"{meter} {_from_to(change)}{unit}")
    if field == "tiers":
        return texts.safe(f"{meter} above {texts.compact(int(steps[3]))} {_from_to(change)}{unit}")
    whole = not (change.HasField("old_value") and change.HasField("new_value"))
    return "" if whole else texts.safe(f"{meter} {field} {_from_to(change)}")


def _flag(change: FieldChange, name: str) -> str:
    shown = texts.safe(name)
    if change.new_value.WhichOneof("kind") == "bool_value":
        return f"{'+' if change.new_value.bool_value else '-'}{shown}"
    return f"{shown} {_from_to(change)}"


def _from_to(change: FieldChange) -> str:
    old, new = (_value(change, name) for name in ("old_value", "new_value"))
    return new if old == "" else f"{old} -> {new or 'unknown'}"


def _value(change: FieldChange, name: str) -> str:
    if not change.HasField(name):  # type: ignore[arg-type] # one of the two
        return ""
    value: Value = getattr(change, name)
    match value.WhichOneof("kind"):
        case "number_value":
            return texts.compact(int(value.number_value)) if change.path in _LIMITS else f"{value.number_value:.15g}"
        case "bool_value":
            return "yes" if value.bool_value else "no"
        case "list_value":
            return ", ".join(_word(str(one.string_value)) for one in value.list_value.values) or "none"
        case _:
            text = value.string_value[:10] if change.path in _TIMES else value.string_value
            return _word(text) or "empty"


def _word(text: str) -> str:
    for prefix in _PREFIXES:
        if text.startswith(prefix):
            return text.removeprefix(prefix).lower()
    return texts.safe(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")


def _provider(update: ProviderUpdate) -> Iterator[str]:
    from modeldex.v1.provider_pb2 import ProviderStatus  # noqa: PLC0415
    from modeldex.v1.update_pb2 import ProviderUpdateType  # noqa: PLC0415

    word = texts.word(ProviderUpdateType.Name, update.type, "PROVIDER_UPDATE_TYPE_")
    if word == "status changed":
        old, new = (
            texts.word(ProviderStatus.Name, status, "PROVIDER_STATUS_")
            for status in (update.previous_status, update.status)
        )
        yield f"status {old} -> {new}"
        if update.error.message:
            yield texts.safe(update.error.message)
    else:
        yield word
    if update.HasField("model_count"):
        yield texts.plural(update.model_count, "model")


def _capability(update: CapabilityUpdate) -> Iterator[str]:
    from modeldex.v1.update_pb2 import CapabilityUpdateType  # noqa: PLC0415

    sides = (("gained by", "gained_model_ids"), ("lost by", "lost_model_ids"), ("changed in", "changed_model_ids"))
    told = [
        f"{verb} {texts.plural(len(getattr(update, name)), 'model')}" for verb, name in sides if getattr(update, name)
    ]
    yield from told or [texts.word(CapabilityUpdateType.Name, update.type, "CAPABILITY_UPDATE_TYPE_")]


def _lifecycle(update: LifecycleUpdate) -> Iterator[str]:
    from modeldex.v1.update_pb2 import LifecycleMilestone  # noqa: PLC0415

    yield f"{texts.word(LifecycleMilestone.Name, update.milestone, 'LIFECYCLE_MILESTONE_')} on " + texts.date(
        update.milestone_time
    )
    yield f"within {texts.plural(update.days_before, 'day')}"
    if update.replacement_id:
        yield f"move to {texts.safe(update.replacement_id)}"
