"""Documents and filters of models that meet each other: few values of each, and those that SQL could trip over."""

from __future__ import annotations

from hypothesis import strategies as st

from modeldex.v1 import discovery_service_pb2 as api
from modeldex.v1 import model_pb2 as pb
from modeldex_server.ledger.documents import canonical

IDS = [f"{provider}/{name}" for provider in ("acme", "beta", "gamma") for name in ("GPT-4", "straße", "100%_x", "İ")]

# Few values of each, so that models and filters meet; texts that SQL, LIKE and case folding could trip over.
_tags = st.lists(st.sampled_from(["fast", "a_b", "%", "Fast", "cap:vision", "in:1"]), max_size=3)
_capabilities = st.lists(
    st.sampled_from(["vision", "reasoning", "context_window", "input_modalities", "x"]), max_size=2
)
_modalities = st.lists(st.sampled_from(pb.Modality.values()[1:4]), max_size=2, unique=True)
_counts = st.none() | st.sampled_from([1, 8000, 8001, 10**15])
_meters = st.sampled_from(["input", "output", "image"])
_amounts = st.sampled_from(["0", "0.1", "0.10", "0.100000000000000001", "2.5", "10", "999999999999999999"])
_currencies = st.sampled_from(["", "", "USD", "EUR"])
_units = st.sampled_from(pb.PriceUnit.values()[1:3])
_names = st.sampled_from(["", "GPT-4", "Große Straße", "STRASSE", "100%", "100x", "a_b", "aXb", "\\", "İstanbul", "ſ"])
_moments = st.builds(
    lambda second, nanos: (second, nanos), st.sampled_from([0, 1_700_000_000]), st.sampled_from([0, 1, 1000, 1999])
)


@st.composite
def documents(draw: st.DrawFn, model_id: str) -> pb.Model:
    """A document that a filter of `wanted` can be about."""
    model = pb.Model(
        id=model_id,
        canonical_id=draw(_names),
        display_name=draw(_names),
        family=draw(_names),
        tags=draw(_tags),
        input_modalities=draw(_modalities),
        output_modalities=draw(_modalities),
        context_window=draw(_counts),
        max_input_tokens=draw(_counts),
        max_output_tokens=draw(_counts),
        unlisted=draw(st.booleans()),
    )
    for name in draw(_capabilities):
        model.capabilities[name].CopyFrom(draw(_values))
    for meter in draw(st.sets(_meters)):
        model.prices[meter].CopyFrom(draw(st.builds(_price, _amounts, _units, _currencies)))
    if draw(st.booleans()):
        model.lifecycle.stage = draw(st.sampled_from(pb.LifecycleStage.values()))
    for time in (model.lifecycle.release_time, model.lifecycle.retirement_time):
        if (moment := draw(st.none() | _moments)) is not None:
            time.seconds, time.nanos = moment
    return canonical(model)


_values = st.sampled_from(
    [
        pb.CapabilityValue(flag=True),
        pb.CapabilityValue(flag=False),
        pb.CapabilityValue(number=0),
        pb.CapabilityValue(text=""),
        pb.CapabilityValue(list=pb.StringList()),
    ]
)


def _price(amount: str, unit: pb.PriceUnit.ValueType, currency: str) -> pb.Price:
    return pb.Price(amount=amount, unit=unit, currency=currency)


@st.composite
def filters(draw: st.DrawFn) -> api.ModelFilter:
    """A filter with a few conditions, as a caller may send it."""
    wanted = api.ModelFilter(include_unlisted=draw(st.booleans()))
    parts = st.sampled_from(list(_PARTS))
    for name in draw(st.lists(parts, max_size=3, unique=True)):
        wanted.MergeFrom(draw(_PARTS[name]))
    return wanted


def _words(name: str, values: st.SearchStrategy[list]) -> st.SearchStrategy[api.ModelFilter]:
    return values.map(lambda given: api.ModelFilter(**{name: given}))


def _before(moment: tuple[int, int]) -> api.ModelFilter:
    wanted = api.ModelFilter()
    wanted.retires_before.seconds, wanted.retires_before.nanos = moment
    return wanted


_PARTS: dict[str, st.SearchStrategy[api.ModelFilter]] = {
    **{f"capabilities_{name}": _words(f"capabilities_{name}", _capabilities) for name in ("true", "false")},
    **{f"capabilities_{name}": _words(f"capabilities_{name}", _capabilities) for name in ("present", "unknown")},
    **{name: _words(name, _modalities) for name in ("input_modalities", "output_modalities")},
    **{name: _words(name, _tags) for name in ("tags", "any_tags")},
    **{
        f"min_{name}": (_counts | st.just(0)).map(lambda least, name=name: api.ModelFilter(**{f"min_{name}": least}))
        for name in ("context_window", "max_input_tokens", "max_output_tokens")
    },
    "provider_ids": _words("provider_ids", st.lists(st.sampled_from(["acme", "beta", "Acme"]), max_size=2)),
    "canonical_id": _names.map(lambda name: api.ModelFilter(canonical_id=name)),
    "query": st.lists(_names | st.sampled_from(["gpt", "%", "ss", "acme/", "İ"]), max_size=2).map(
        lambda words: api.ModelFilter(query=" ".join(words))
    ),
    "lifecycle_stages": _words("lifecycle_stages", st.lists(st.sampled_from(pb.LifecycleStage.values()), max_size=3)),
    "price_ceilings": st.lists(
        st.builds(api.PriceCeiling, meter=_meters, max_amount=_amounts, unit=_units | st.just(0), currency=_currencies),
        max_size=2,
    ).map(lambda ceilings: api.ModelFilter(price_ceilings=ceilings)),
    "retires_before": _moments.map(_before),
}
