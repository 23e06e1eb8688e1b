"""A model's capabilities as one map: those of Model.capabilities and the facts that have a field of their own."""

from __future__ import annotations

from collections.abc import Sequence

from modeldex.v1.discovery_service_pb2 import (
    CAPABILITY_STATE_SUPPORTED,
    CAPABILITY_STATE_UNKNOWN,
    CAPABILITY_STATE_UNSUPPORTED,
    CapabilityState,
)
from modeldex.v1.model_pb2 import CapabilityValue, Modality, Model, StringList
from modeldex_server.capabilities.vocabulary import is_supported

LIMITS = ("context_window", "max_input_tokens", "max_output_tokens")
MODALITIES = ("input_modalities", "output_modalities")
# Capabilities that are fields of a model: they never stand in Model.capabilities.
OWN_FIELDS = frozenset(LIMITS + MODALITIES)


def capabilities_of(model: Model) -> dict[str, CapabilityValue]:
    """All that is known of what a model can do, by name. A limit is a number, modalities are a sorted list of words."""
    known = dict(model.capabilities)
    for name in OWN_FIELDS:
        known.pop(name, None)
    for name in LIMITS:
        if model.HasField(name):  # type: ignore[arg-type]  # the names above are fields of Model
            known[name] = CapabilityValue(number=getattr(model, name))
    for name in MODALITIES:
        words = modality_words(getattr(model, name))
        if words:
            known[name] = CapabilityValue(list=StringList(values=words))
    return known


def modality_words(modalities: Sequence[Modality.ValueType]) -> list[str]:
    """Modalities as sorted lower-case words, for example ["image", "text"]."""
    return sorted(Modality.Name(each).removeprefix("MODALITY_").lower() for each in modalities)


def source_of(model: Model, name: str) -> str:
    """The id of the source that supplied a capability of which something is known."""
    path = name if name in OWN_FIELDS else f"capabilities.{name}"
    return model.field_sources.get(path) or model.field_sources.get("*", "")


def state(value: CapabilityValue | None) -> CapabilityState.ValueType:
    """Supported, unsupported (present as false), or unknown (absent)."""
    if value is None or value.WhichOneof("value") is None:
        return CAPABILITY_STATE_UNKNOWN
    return CAPABILITY_STATE_SUPPORTED if is_supported(value) else CAPABILITY_STATE_UNSUPPORTED
