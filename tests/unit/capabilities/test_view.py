"""A model's capabilities as one map."""

from __future__ import annotations

from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import model_pb2 as pb
from modeldex_server.capabilities.view import capabilities_of, source_of, state


def test_facts_with_a_field_of_their_own_are_capabilities_too() -> None:
    """Limits are numbers, modalities a sorted list of lower-case words, beside what the map holds."""
    model = pb.Model(
        context_window=128_000,
        max_output_tokens=16_384,
        input_modalities=[pb.MODALITY_TEXT, pb.MODALITY_IMAGE, pb.MODALITY_DOCUMENT],
    )
    model.capabilities["vision"].flag = True
    known = capabilities_of(model)
    assert set(known) == {"vision", "context_window", "max_output_tokens", "input_modalities"}
    assert known["context_window"].number == 128_000
    assert list(known["input_modalities"].list.values) == ["document", "image", "text"]


def test_unknown_is_absent() -> None:
    """Of an empty model nothing is known, not even a zero."""
    assert capabilities_of(pb.Model()) == {}


def test_source_is_found_by_capability() -> None:
    """A capability's source stands under its own path, a limit's under the field's."""
    model = pb.Model(field_sources={"context_window": "openai", "capabilities.vision": "models_dev"})
    assert source_of(model, "context_window") == "openai"
    assert source_of(model, "vision") == "models_dev"
    assert source_of(model, "reasoning") == ""


def test_three_states() -> None:
    """Present false is unsupported, absent is unknown, anything else is supported."""
    assert state(pb.CapabilityValue(flag=True)) == discovery.CAPABILITY_STATE_SUPPORTED
    assert state(pb.CapabilityValue(number=0)) == discovery.CAPABILITY_STATE_SUPPORTED
    assert state(pb.CapabilityValue(flag=False)) == discovery.CAPABILITY_STATE_UNSUPPORTED
    assert state(None) == state(pb.CapabilityValue()) == discovery.CAPABILITY_STATE_UNKNOWN
