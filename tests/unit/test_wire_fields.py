"""Messages taken apart into the bytes of their fields."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeldex.v1 import model_pb2
from modeldex_server.wire import fields

MODEL = model_pb2.Model(
    id="bench/one",
    description="x" * 300,  # a length of two bytes
    context_window=2**40,
    tags=["a", "b"],
    output_modalities=[model_pb2.MODALITY_TEXT, model_pb2.MODALITY_IMAGE],
)
MODEL.capabilities["price"].number = -0.0  # 64 bits
MODEL.capabilities["fast"].flag = True


def test_the_fields_together_are_the_message() -> None:
    """Each byte belongs to one field, and a field's bytes alone are a message with that field alone."""
    found = fields(MODEL.SerializeToString(deterministic=True))
    assert set(found) == {field.number for field, _ in MODEL.ListFields()}
    assert b"".join(found.values()) == MODEL.SerializeToString(deterministic=True)
    for field, value in MODEL.ListFields():
        alone = model_pb2.Model.FromString(found[field.number])
        assert [one for one, _ in alone.ListFields()] == [field]
        assert getattr(alone, field.name) == value


def test_a_repeated_field_that_stands_in_several_places_is_one() -> None:
    """As protobuf allows it."""
    one, other = model_pb2.Model(tags=["a"]), model_pb2.Model(tags=["b"])
    data = one.SerializeToString() + model_pb2.Model(id="x").SerializeToString() + other.SerializeToString()
    tags = model_pb2.Model.DESCRIPTOR.fields_by_name["tags"].number
    assert fields(data)[tags] == one.SerializeToString() + other.SerializeToString()


@given(st.integers(min_value=1))
def test_a_message_that_is_cut_off_is_refused(at: int) -> None:
    """Never read as something else."""
    data = model_pb2.Model(description="x" * 300).SerializeToString()
    with pytest.raises(ValueError, match="cut off"):
        fields(data[: 1 + at % (len(data) - 1)])


def test_a_group_is_refused() -> None:
    """What no message of ours has."""
    with pytest.raises(ValueError, match="group"):
        fields(b"\x0b\x0c")
