"""Models for tests: a plain one, and any that the contract allows."""

from __future__ import annotations

import itertools
import string
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from modeldex.v1 import model_pb2 as pb
from modeldex_server.capabilities.vocabulary import Vocabulary

_numbers = itertools.count(1)


def new_id(provider: str = "acme") -> str:
    """An id that no other test uses."""
    return f"{provider}/model-{next(_numbers)}"


def plain(model_id: str, name: str = "", **fields: Any) -> pb.Model:
    """A small model."""
    model = pb.Model(id=model_id, display_name=name, tags=["test"], context_window=8000, **fields)
    model.prices["input"].CopyFrom(pb.Price(amount="2.50", unit=pb.PRICE_UNIT_MILLION_TOKENS))
    return model


_words = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=12)
# What JSON, SQL and paths could trip over.
_hard = st.sampled_from(
    ['"', "\\", "\\u0000", "]", '["a"]', ".", "%", "_", "'; --", "a.b", "{}", "é", "𝔘", "\u2028", " x "]
)
texts = st.one_of(_words, _hard)
_names = st.text(string.ascii_lowercase, min_size=1, max_size=6)
amounts = st.one_of(
    st.decimals(min_value=0, max_value=10**6, places=6).map(lambda number: format(number, "f")),
    st.sampled_from(["0", "0.0", "1", "1.00", "0.000000000000000001", "999999999999999999"]),
)
_moments = st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(2100, 1, 1)).map(
    lambda moment: moment.replace(tzinfo=UTC)
)
_modalities = st.lists(st.sampled_from(sorted(pb.Modality.values())[1:]), max_size=4)
_counts = st.none() | st.integers(1, 10**15)
_json = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


@st.composite
def capability_values(draw: st.DrawFn) -> pb.CapabilityValue:
    """A value of any kind."""
    kind = draw(st.integers(0, 3))
    if kind == 0:
        return pb.CapabilityValue(flag=draw(st.booleans()))
    if kind == 1:
        return pb.CapabilityValue(number=draw(st.floats(allow_nan=False, allow_infinity=False)))
    if kind == 2:
        return pb.CapabilityValue(text=draw(texts))
    return pb.CapabilityValue(list=pb.StringList(values=draw(st.lists(texts, max_size=4))))


@st.composite
def prices(draw: st.DrawFn) -> pb.Price:
    """A price, with tiers now and then."""
    price = pb.Price(
        amount=draw(amounts),
        unit=draw(st.integers(1, 5)),  # type: ignore[arg-type]
        currency=draw(st.sampled_from(["", "USD", "EUR"])),
    )
    for above in sorted(draw(st.sets(st.integers(1, 10**9), max_size=3))):
        price.tiers.add(above_tokens=above, amount=draw(amounts))
    return price


@st.composite
def models(draw: st.DrawFn, model_id: str = "acme/one") -> pb.Model:
    """Any model: every kind of field, absent or present."""
    model = pb.Model(
        id=model_id,
        canonical_id=draw(st.just("") | texts),
        display_name=draw(st.just("") | texts),
        description=draw(st.just("") | texts),
        family=draw(st.just("") | texts),
        tags=draw(st.lists(texts, max_size=4)),
        alternatives=draw(st.lists(texts, max_size=3)),
        input_modalities=draw(_modalities),
        output_modalities=draw(_modalities),
        context_window=draw(_counts),
        max_input_tokens=draw(_counts),
        max_output_tokens=draw(_counts),
    )
    for name, value in draw(st.dictionaries(texts, capability_values(), max_size=4)).items():
        model.capabilities[name].CopyFrom(value)
    for meter, price in draw(st.dictionaries(_names, prices(), max_size=3)).items():
        model.prices[meter].CopyFrom(price)
    _draw_lifecycle(draw, model)
    model.metadata.update(draw(st.dictionaries(texts, _json, max_size=3)))
    return model


@st.composite
def savable(draw: st.DrawFn, model_id: str) -> pb.Model:
    """Any model that a caller may save: its capabilities are of the vocabulary."""
    model = draw(models(model_id))
    model.capabilities.clear()
    for name in draw(st.lists(st.sampled_from(flags()), max_size=4, unique=True)):
        model.capabilities[name].flag = draw(st.booleans())
    return model


def flags() -> list[str]:
    """Some capabilities that are true or false."""
    known = ("vision", "function_calling", "reasoning", "streaming", "json_mode", "structured_output")
    vocabulary = Vocabulary.load()
    return [name for name in known if name in vocabulary]


def _draw_lifecycle(draw: st.DrawFn, model: pb.Model) -> None:
    if not draw(st.booleans()):
        return
    model.lifecycle.stage = draw(st.integers(0, 5))  # type: ignore[assignment]
    model.lifecycle.replacement_id = draw(st.just("") | texts)
    for name in ("release_time", "deprecation_time", "retirement_time"):
        if (moment := draw(st.none() | _moments)) is not None:
            getattr(model.lifecycle, name).FromDatetime(moment)
